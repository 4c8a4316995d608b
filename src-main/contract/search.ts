// Searches as the window sees them: probes, what was asked, what answered, what its scores mean.

import * as v from 'valibot';
import type { Side } from './galleries.ts';
import { galleryName, identifier, integer, line, within } from './shapes.ts';

export const MOST_RESULTS = 500;
const MOST_PROBE_FACES = 64;
const LONGEST_PICTURE = 60 * 2 ** 20;

const number = integer(1, Number.MAX_SAFE_INTEGER);
const time = integer(-8.64e15, 8.64e15);

/** A picture as bytes in base64: what was dropped or pasted has no path. */
export const probePicture = v.strictObject({
  gallery: v.nullable(galleryName),
  name: line,
  data: v.pipe(
    v.string(),
    v.maxLength(LONGEST_PICTURE, 'a probe picture has at most 45 MB'),
    v.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'a picture is bytes in base64'),
  ),
  /** It is an aligned face already. */
  isCrop: v.boolean(),
});

export const faceFilter = v.strictObject({
  camera: v.optional(line),
  from: v.optional(time),
  until: v.optional(time),
  tags: v.optional(v.pipe(v.array(line), v.maxLength(20))),
  leastWeight: v.optional(within(0, 1)),
  leastSizePx: v.optional(within(0, 10_000)),
  isKnown: v.optional(v.boolean()),
});
export type FaceFilterView = v.InferOutput<typeof faceFilter>;

export const probe = v.variant('kind', [
  v.strictObject({
    kind: v.literal('faces'),
    faces: v.pipe(
      v.array(v.strictObject({ picture: identifier, face: integer(1, 10_000) })),
      v.minLength(1),
      v.maxLength(MOST_PROBE_FACES),
    ),
  }),
  v.strictObject({
    kind: v.literal('enrolled'),
    of: v.picklist(['face', 'track', 'subject']),
    id: number,
    /** Otherwise its own track or subject is left out. */
    includesOwn: v.boolean(),
  }),
]);
export type ProbeReference = v.InferOutput<typeof probe>;

export const searchRequest = v.strictObject({
  gallery: galleryName,
  probe,
  /** Whose embedding of the probe is compared. */
  side: v.picklist(['lr', 'hr']),
  fusion: v.picklist(['template', 'max']),
  by: v.picklist(['face', 'track', 'subject']),
  count: integer(1, MOST_RESULTS),
  filter: faceFilter,
});
export type SearchAsked = v.InferOutput<typeof searchRequest>;

export const resultReference = v.strictObject({ gallery: galleryName, search: number, rank: number });

export const faceGroup = v.strictObject({
  gallery: galleryName,
  of: v.picklist(['face', 'track', 'subject']),
  id: number,
});

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface BoxView {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ProbeFaceView {
  /** From 1, surest first. */
  readonly face: number;
  /** In the picture's pixels. */
  readonly box: BoxView;
  readonly landmarks: readonly Point[] | null;
  /** The landmarks in the crop, as shares of its sides. */
  readonly marks: readonly Point[] | null;
  readonly sizePx: number;
  /** Quality as a weight, 0 … 1. */
  readonly weight: number;
  readonly reasons: readonly string[];
  /** Below `/images/`. */
  readonly crop: string;
}

export interface ProbePictureView {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Below `/images/`; at most some 1,600 px wide. */
  readonly preview: string;
  readonly faces: readonly ProbeFaceView[];
  /** The large and central one, from 1; null where there is none. */
  readonly mainFace: number | null;
}

export interface MeasuredOnView {
  readonly source: 'gallery' | 'reference';
  readonly probeFaces: string;
  readonly galleryFaces: string;
  readonly pairs: number;
  readonly people: number;
}

export interface ResultView {
  readonly rank: number;
  /** Cosine similarity. */
  readonly score: number;
  /** Null where it was not measured, or is only bounded by the interval. */
  readonly fmr: number | null;
  readonly fmrInterval: { readonly low: number; readonly high: number } | null;
  readonly measuredOn: MeasuredOnView | null;
  readonly expectedFalseMatches: number | null;
  readonly log10LikelihoodRatio: number | null;
  readonly margin: number | null;
  readonly subject: string | null;
  readonly subjectId: number | null;
  readonly trackId: number | null;
  readonly faceId: number;
  readonly faces: number;
  readonly camera: string | null;
  readonly capturedAt: number | null;
  readonly sourcePath: string;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  /** Below `/images/`. */
  readonly crop: string;
}

/** Where strangers and the same people score in this gallery, and how many false matches each threshold lets through. */
export interface ScoreCurves {
  readonly measuredOn: MeasuredOnView;
  readonly isOld: boolean;
  /** Of the histograms' bins, one more than there are bins, ascending. */
  readonly edges: readonly number[];
  /** Shares of all pairs. */
  readonly impostor: readonly number[];
  /** Null where it was not measured. */
  readonly genuine: readonly number[] | null;
  /** At each edge. */
  readonly thresholds: readonly {
    readonly score: number;
    readonly fmr: number | null;
    readonly fmrHigh: number;
    /** Entries of other people that reach it in one search; null where it is only bounded. */
    readonly expected: number | null;
    readonly expectedHigh: number | null;
  }[];
}

export interface SearchView {
  /** Its number, for the case it may go into. */
  readonly search: number;
  readonly side: Side;
  readonly probeFaces: number;
  readonly searched: { readonly faces: number; readonly people: number };
  readonly results: readonly ResultView[];
  /** Without filters, where nothing passed them. */
  readonly bestUnfiltered: ResultView | null;
  readonly notes: readonly string[];
  readonly curves: ScoreCurves | null;
  /** From the embedded probe to the results. */
  readonly searchMs: number;
}

/** What one face of a probe adds: its score by itself, and of all faces up to it together. */
export interface FaceGain {
  readonly alone: number;
  readonly together: number;
}

/** A face of the gallery. */
export interface GalleryFaceView {
  readonly id: number;
  readonly trackId: number;
  readonly subjectId: number | null;
  readonly subject: string | null;
  readonly camera: string | null;
  readonly capturedAt: number | null;
  readonly sourcePath: string;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  /** Landmarks in the crop, as shares of its sides; null for a crop that was enrolled as it is. */
  readonly marks: readonly Point[] | null;
  readonly crop: string;
}
