// What a report of a case says: plain values, for the page to lay out.

/** A crop: where it lies beside the page, and its bytes where the page shows it itself. */
export interface ReportPicture {
  readonly file: string;
  /** Null where the file is no picture, or there are too many to show. */
  readonly shown: {
    readonly format: 'png' | 'jpeg';
    readonly content: Uint8Array;
    readonly widthPx: number;
    readonly heightPx: number;
  } | null;
}

export interface ReportProbeFace {
  readonly picture: ReportPicture | null;
  readonly path: string;
  readonly sha256: string | null;
  readonly face: number;
  readonly facesInPicture: number;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  /** Number of the purge that took picture and path away. */
  readonly purged: number | null;
}

/** The comparisons that an FMR was measured on. */
export interface ReportMeasure {
  readonly source: 'gallery' | 'reference';
  readonly probeFaces: string;
  readonly galleryFaces: string;
  readonly pairs: number;
  readonly people: number;
}

export interface ReportResult {
  readonly rank: number;
  readonly score: number;
  readonly fmr: number | null;
  readonly fmrInterval: { readonly low: number; readonly high: number } | null;
  readonly measuredOn: ReportMeasure | null;
  readonly expectedFalseMatches: number | null;
  readonly log10LikelihoodRatio: number | null;
  readonly margin: number | null;
  readonly subject: string | null;
  readonly trackId: number | null;
  readonly faceId: number | null;
  readonly faces: number;
  readonly camera: string | null;
  readonly capturedAt: number | null;
  readonly sourcePath: string;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  readonly picture: ReportPicture | null;
  readonly purged: number | null;
  /** The decision that stands. */
  readonly decision: string | null;
}

interface ReportItem {
  readonly item: number;
  readonly actor: string;
  readonly at: number;
}

export type ReportEntry = ReportItem &
  (
    | { readonly kind: 'probe'; readonly faces: readonly ReportProbeFace[] }
    | {
        readonly kind: 'search';
        readonly probeItem: number;
        /** Label and value, as asked. */
        readonly parameters: readonly (readonly [string, string])[];
        readonly searched: { readonly faces: number; readonly people: number };
        readonly results: readonly ReportResult[];
        readonly notes: readonly string[];
      }
    | { readonly kind: 'note'; readonly text: string }
    | {
        readonly kind: 'decision';
        readonly verdict: string;
        readonly searchItem: number;
        readonly rank: number;
        readonly note: string;
        readonly supersedes: number | null;
        readonly isStanding: boolean;
      }
  );

export interface CaseReport {
  readonly gallery: string;
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly exportedBy: string;
  readonly exportedAt: number;
  readonly entries: readonly ReportEntry[];
  readonly audit: {
    /** Entries of the log that are about this case. */
    readonly entries: readonly {
      readonly sequence: number;
      readonly at: number;
      readonly actor: string;
      readonly action: string;
      readonly body: string;
      readonly hash: string;
    }[];
    /** Entries of the whole log, and the hash of the last. */
    readonly length: number;
    readonly head: string;
    /** What was wrong with the chain when the case was exported; null where it held. */
    readonly problem: string | null;
  };
}
