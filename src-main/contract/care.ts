// A gallery's spaces and its care as the window sees them: calibration, comparison, checks, backups, retention, purges.

import * as v from 'valibot';
import type { LineFigure } from './figures.ts';
import { absolutePath, faceBnSettings, galleryName, integer, line, runName, teacherName } from './shapes.ts';

const id = integer(1, Number.MAX_SAFE_INTEGER);
/** Milliseconds since 1970. */
const moment = v.pipe(v.number(), v.finite());

export const calibration = v.strictObject({
  gallery: galleryName,
  student: runName,
  /** Statistics from this camera's faces alone; null takes all. */
  camera: v.nullable(line),
  settings: faceBnSettings,
});

export const embedding = v.strictObject({
  gallery: galleryName,
  by: v.variant('kind', [
    v.strictObject({ kind: v.literal('student'), name: runName }),
    v.strictObject({ kind: v.literal('teacher'), name: teacherName }),
    /** Goes on with a space that lacks faces. */
    v.strictObject({ kind: v.literal('space'), space: id }),
  ]),
});

export const spaceReference = v.strictObject({ gallery: galleryName, space: id });
export const spacePair = v.strictObject({ gallery: galleryName, before: id, after: id });
export const backUp = v.strictObject({ gallery: galleryName, folder: absolutePath });
export const retention = v.strictObject({ gallery: galleryName, days: v.nullable(integer(1, 36_500)) });

const purgeRule = v.variant('kind', [
  v.strictObject({ kind: v.literal('subject'), subjectId: id }),
  /** Faces captured, or where that is not known enrolled, before this moment. */
  v.strictObject({ kind: v.literal('age'), before: moment }),
  v.strictObject({ kind: v.literal('whole') }),
]);
export type PurgeRuleAsked = v.InferOutput<typeof purgeRule>;

export const purgeAsked = v.strictObject({ gallery: galleryName, rule: purgeRule });
export const purgeOrder = v.strictObject({
  gallery: galleryName,
  rule: purgeRule,
  /** The gallery's name, typed by who wants it. */
  confirmation: line,
});

/** 95 %. */
export interface RateInterval {
  readonly low: number;
  readonly high: number;
}

/** What a FaceBN profile did to each layer of its student. */
export interface SpaceLayers {
  readonly space: number;
  /** Means, variances and shifts by layer. */
  readonly figures: readonly LineFigure[];
}

export interface CalibrateResult {
  readonly space: number;
  /** Embedded anew. */
  readonly faces: number;
  /** Faces that the statistics come from. */
  readonly adaptedTo: number;
}

export interface EmbedResult {
  readonly space: number;
  readonly faces: number;
}

/** One space at a target FMR; shares of 1. */
export interface SpaceRatesView {
  readonly threshold: number;
  readonly fmr: number;
  readonly fmrInterval: RateInterval;
  readonly falseMatches: number;
  readonly fnmr: number;
  readonly fnmrInterval: RateInterval;
  readonly falseNonMatches: number;
}

export type ComparedRatesView =
  | {
      readonly kind: 'supported';
      readonly targetFmr: number;
      readonly before: SpaceRatesView;
      readonly after: SpaceRatesView;
      /** FNMR after minus before: negative is better. */
      readonly change: number;
      readonly changeInterval: RateInterval;
      readonly onlyBefore: number;
      readonly onlyAfter: number;
      readonly pValue: number;
    }
  | { readonly kind: 'refused'; readonly targetFmr: number; readonly reason: string };

export interface CompareSpacesResult {
  readonly before: number;
  readonly after: number;
  readonly people: number;
  readonly faces: number;
  readonly genuinePairs: number;
  readonly genuinePeople: number;
  readonly impostorPairs: number;
  readonly pairsOfPeople: number;
  /** Why nothing can be said at all. */
  readonly reason: string | null;
  readonly rates: readonly ComparedRatesView[];
}

export interface VerifyGalleryResult {
  readonly faces: number;
  readonly embeddings: number;
  readonly cases: number;
  readonly auditEntries: number;
  /** The last hash of the audit log, hex. */
  readonly auditHead: string;
  /** One sentence each; empty for a gallery that is whole. */
  readonly problems: readonly string[];
}

export interface BackUpResult {
  readonly folder: string;
  readonly faces: number;
}

export interface PurgeResult {
  readonly purge: number;
  readonly faces: number;
}

export interface AuditView {
  readonly entries: number;
  readonly head: string;
  /** The first thing that is wrong; null where the chain holds. */
  readonly problem: string | null;
  /** The last ones, newest first; `body` is JSON. */
  readonly last: readonly {
    readonly sequence: number;
    readonly at: number;
    readonly actor: string;
    readonly action: string;
    readonly body: string;
  }[];
}

/** What a purge takes. */
export interface PurgeCountsView {
  readonly faces: number;
  readonly tracks: number;
  readonly subjects: number;
  readonly sources: number;
  readonly embeddings: number;
  readonly crops: number;
  readonly changes: number;
  /** Removed as a whole. */
  readonly cases: number;
  /** Changed, or removed with their case. */
  readonly caseItems: number;
  readonly caseCrops: number;
  readonly mentions: number;
}

export interface PurgePreviewView extends PurgeCountsView {
  /** Cases that lose something, or go as a whole. */
  readonly casesTouched: number;
  /** Faces that stay. */
  readonly left: number;
}

export interface PurgeProofView {
  readonly purge: number;
  readonly at: number;
  readonly actor: string;
  readonly rule: PurgeRuleAsked;
  readonly counts: PurgeCountsView;
  /** The audit log's entry, and its head before and after; null where the log has none. */
  readonly entry: { readonly sequence: number; readonly before: string; readonly after: string } | null;
}

export interface CareView {
  readonly retention: {
    /** Null keeps faces for as long as nobody purges them. */
    readonly days: number | null;
    /** What is older than that now, and the moment it is counted from. */
    readonly due: { readonly before: number; readonly preview: PurgePreviewView } | null;
  };
  /** Newest first. */
  readonly purges: readonly PurgeProofView[];
}
