// Which faces a purge is about.

export type PurgeRule =
  | { readonly kind: 'subject'; readonly subjectId: number }
  /** Faces captured before this moment; those without a capture time, and probes of cases, go by when they came. */
  | { readonly kind: 'age'; readonly before: number }
  /** Every face, and every case. */
  | { readonly kind: 'whole' };
