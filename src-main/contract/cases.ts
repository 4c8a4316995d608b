// Cases as the window sees them: their items as they were written down, and the log that vouches for them.

import * as v from 'valibot';
import type { ResultView } from './search.ts';
import { absolutePath, galleryName, integer, line, within } from './shapes.ts';

const LONGEST_NOTE = 100_000;
const number = integer(1, Number.MAX_SAFE_INTEGER);
const note = v.pipe(v.string(), v.maxLength(LONGEST_NOTE));

export const caseReference = v.strictObject({ gallery: galleryName, case: number });
export const newCase = v.strictObject({ gallery: galleryName, title: line });
export const newNote = v.strictObject({ gallery: galleryName, case: number, text: note });
export const newState = v.strictObject({
  gallery: galleryName,
  case: number,
  state: v.picklist(['open', 'closed']),
});
export const caseSearch = v.strictObject({
  gallery: galleryName,
  case: number,
  search: number,
  /** Results below it stay out. */
  threshold: v.nullable(within(-1, 1)),
});
export const newDecision = v.strictObject({
  gallery: galleryName,
  case: number,
  /** The item that holds the search. */
  searchItem: number,
  rank: number,
  verdict: v.picklist(['match', 'no-match', 'inconclusive', 'withdrawn']),
  note,
});
export const caseExport = v.strictObject({
  gallery: galleryName,
  case: number,
  /** A folder, or one file where it ends in .zip or .pdf. */
  target: absolutePath,
});

export type VerdictName = v.InferOutput<typeof newDecision>['verdict'];

export interface CaseRow {
  readonly id: number;
  readonly title: string;
  readonly state: 'open' | 'closed';
  readonly createdBy: string;
  readonly createdAt: number;
  readonly searches: number;
  readonly decisions: number;
  readonly items: number;
}

interface ItemBase {
  readonly id: number;
  readonly actor: string;
  readonly at: number;
}

/** Crops below `/images/`; null once purged. */
export interface CaseProbeFaceView {
  readonly path: string;
  readonly face: number;
  readonly facesInPicture: number;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  readonly crop: string | null;
  readonly isPurged: boolean;
}

export type CaseResultView = Omit<ResultView, 'crop' | 'faceId'> & {
  readonly faceId: number | null;
  readonly crop: string | null;
  readonly isPurged: boolean;
  /** The decision that stands on it. */
  readonly decision: Exclude<VerdictName, 'withdrawn'> | null;
};

export type CaseItemView =
  | (ItemBase & { readonly kind: 'probe'; readonly faces: readonly CaseProbeFaceView[] })
  | (ItemBase & {
      readonly kind: 'search';
      readonly probeItem: number;
      /** What it was asked with, for people. */
      readonly parameters: readonly (readonly [name: string, value: string])[];
      readonly searched: { readonly faces: number; readonly people: number };
      readonly results: readonly CaseResultView[];
      readonly notes: readonly string[];
    })
  | (ItemBase & { readonly kind: 'note'; readonly text: string })
  | (ItemBase & {
      readonly kind: 'decision';
      readonly verdict: VerdictName;
      readonly searchItem: number;
      readonly rank: number;
      readonly note: string;
      /** No later decision has replaced it. */
      readonly isStanding: boolean;
    });

export interface CaseView {
  readonly id: number;
  readonly title: string;
  readonly state: 'open' | 'closed';
  readonly createdBy: string;
  readonly createdAt: number;
  readonly items: readonly CaseItemView[];
}

export interface CaseAudit {
  readonly entries: readonly {
    readonly sequence: number;
    readonly at: number;
    readonly actor: string;
    readonly action: string;
    /** JSON, as it was hashed. */
    readonly body: string;
    readonly hash: string;
  }[];
  /** Of the whole gallery's log. */
  readonly length: number;
  readonly head: string;
  /** The first broken link of the chain; null where it holds. */
  readonly chainProblem: string | null;
  /** Items of this case that are not as the log has them. */
  readonly sealProblems: readonly string[];
  /** Items that were held against their seals. */
  readonly sealed: number;
}
