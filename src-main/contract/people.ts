// People looked over in the window: their tracks, clusters of the unknown, labels that seem wrong, files left out; and packages.

import * as v from 'valibot';
import type { Side } from './galleries.ts';
import type { GalleryFaceView, MeasuredOnView } from './search.ts';
import { absolutePath, csvPath, galleryName, integer, line, within } from './shapes.ts';

const id = integer(1, Number.MAX_SAFE_INTEGER);
const side = v.picklist(['lr', 'hr']);
const MOST_TRACKS = 100;
const MOST_CLUSTERS = 500;
const MOST_ITEMS = 1000;
const MOST_TRACK_IDS = 10_000;

export const LEFT_OUT_STATES = ['failed', 'no-face', 'duplicate'] as const;
export type LeftOutState = (typeof LEFT_OUT_STATES)[number];

/** Whom tracks show: somebody who is there, a new person by name, or nobody known. */
export const newOwner = v.nullable(
  v.union([v.strictObject({ subjectId: id }), v.strictObject({ name: line })]),
);
export type NewOwner = v.InferOutput<typeof newOwner>;

export const trackPage = v.strictObject({
  gallery: galleryName,
  of: v.variant('kind', [
    v.strictObject({ kind: v.literal('subject'), id }),
    v.strictObject({
      kind: v.literal('tracks'),
      ids: v.pipe(v.array(id), v.minLength(1), v.maxLength(MOST_TRACK_IDS), v.readonly()),
    }),
  ]),
  after: integer(0, Number.MAX_SAFE_INTEGER),
  limit: integer(1, MOST_TRACKS),
});
export type TracksOf = v.InferOutput<typeof trackPage>['of'];

export const clusterSearch = v.strictObject({
  gallery: galleryName,
  side,
  /** The share of pairs of strangers that may be taken for one person (null: the least that was measured), or a score. */
  limit: v.union([
    v.strictObject({ fmr: v.nullable(within(1e-9, 1)) }),
    v.strictObject({ score: within(-1, 1) }),
  ]),
});
export type ClusterLimit = v.InferOutput<typeof clusterSearch>['limit'];

export const clusterPage = v.strictObject({ gallery: galleryName, side, limit: integer(1, MOST_CLUSTERS) });
export const clusterNaming = v.strictObject({
  gallery: galleryName,
  key: v.pipe(v.string(), v.regex(/^\d{1,16}-[0-9a-f]{6}$/)),
  owner: newOwner,
});

/** People who are not in a gallery, each with a folder of pictures. */
const referenceFolder = v.strictObject({ folder: absolutePath, isCrops: v.boolean() });
export type ReferenceFolder = v.InferOutput<typeof referenceFolder>;

/** `reference` is used where fewer than 100 people are known. */
export const scoreMeasure = v.strictObject({
  gallery: galleryName,
  side,
  reference: v.nullable(referenceFolder),
});
export type ScoreMeasure = v.InferOutput<typeof scoreMeasure>;

export interface ScoreMeaningResult {
  /** The gallery's own people, or those of the reference set. */
  readonly source: 'gallery' | 'reference';
  /** In the reference set; 0 without one. */
  readonly people: number;
  /** Pictures of it that could not be read or showed no face. */
  readonly leftOut: number;
}

export const sideOfGallery = v.strictObject({ gallery: galleryName, side });

export const doubtVerdict = v.strictObject({
  gallery: galleryName,
  kind: v.picklist(['alike', 'unlike']),
  one: id,
  other: id,
  /** False takes it back. */
  isRight: v.boolean(),
});

const leftOutState = v.picklist(LEFT_OUT_STATES);
export const leftOutPage = v.strictObject({
  gallery: galleryName,
  state: leftOutState,
  limit: integer(1, MOST_ITEMS),
});
export const leftOutFile = v.strictObject({
  gallery: galleryName,
  state: leftOutState,
  target: csvPath,
});

export const galleryExport = v.strictObject({
  gallery: galleryName,
  /** A folder, or one file where it ends in .zip. */
  target: absolutePath,
});
export const galleryImport = v.strictObject({
  /** A folder or a .zip that an export has written. */
  source: absolutePath,
  gallery: galleryName,
});

export interface TrackView {
  readonly id: number;
  readonly subjectId: number | null;
  readonly subject: string | null;
  readonly camera: string | null;
  readonly origin: 'single' | 'tracker' | 'manifest' | 'hand';
  readonly label: string | null;
  readonly faces: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  /** Some of its faces, spread over its time. */
  readonly sample: readonly GalleryFaceView[];
}

export interface TrackPageView {
  readonly tracks: readonly TrackView[];
  readonly total: number;
}

export interface ClusterView {
  readonly key: string;
  readonly tracks: readonly number[];
  readonly faces: number;
  readonly cameras: readonly string[];
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** Tracks at one camera on one day, by day. */
  readonly sightings: readonly {
    readonly camera: string | null;
    readonly day: string | null;
    readonly tracks: number;
    readonly faces: number;
  }[];
  readonly bestFaceId: number;
  readonly sample: readonly GalleryFaceView[];
}

export interface ClusterPageView {
  readonly clusters: readonly ClusterView[];
  /** Null where nobody has looked for any since the gallery was opened. */
  readonly found: {
    readonly clusters: number;
    /** Unknown tracks that were compared, and those like no other. */
    readonly tracks: number;
    readonly alone: number;
    readonly isOld: boolean;
    readonly threshold: {
      readonly score: number;
      readonly fmr: number | null;
      readonly notes: readonly string[];
    };
  } | null;
  readonly unknownTracks: number;
  /** Null where what scores mean was not measured on this side. */
  readonly measured: { readonly isOld: boolean } | null;
}

export interface DoubtedTrackView {
  readonly subject: string | null;
  readonly subjectId: number;
  readonly trackId: number;
  readonly faces: number;
  /** Its best one; null where the track is gone. */
  readonly face: GalleryFaceView | null;
}

export interface DoubtView {
  readonly score: number;
  readonly fmr: number | null;
  readonly fmrInterval: { readonly low: number; readonly high: number } | null;
  readonly measuredOn: MeasuredOnView | null;
  readonly left: DoubtedTrackView;
  readonly right: DoubtedTrackView;
}

export interface LabelsView {
  readonly at: number;
  readonly isOld: boolean;
  readonly alikeOfDifferent: readonly DoubtView[];
  readonly unlikeOfSame: readonly DoubtView[];
  /** Pairs that people have found right, and that are not brought up again. */
  readonly settled: number;
  readonly unmeasured: readonly string[];
  /** Faces of one and the same picture. */
  readonly pictures: {
    readonly total: number;
    readonly groups: readonly (readonly GalleryFaceView[])[];
  };
}

export interface LeftOutView {
  readonly counts: Readonly<Record<LeftOutState, number>>;
  readonly items: readonly {
    readonly importId: number;
    readonly position: number;
    /** Empty where a purge has taken it. */
    readonly name: string;
    readonly reason: string | null;
  }[];
}

/** How jobs of galleries end: counts and places, no names of people, because the list of jobs is kept. */
export interface ClusterResult {
  readonly side: Side;
  readonly clusters: number;
  readonly tracks: number;
  readonly alone: number;
}

export interface LabelCheckResult {
  readonly doubts: number;
  readonly pictures: number;
}

export interface PackageResult {
  readonly target: string;
  readonly files: number;
  readonly bytes: number;
  /** Of the manifest; of the file itself where that is a PDF. */
  readonly manifestSha256: string;
}

export interface GalleryImportResult {
  readonly gallery: string;
  readonly faces: number;
  readonly subjects: number;
  readonly manifestSha256: string;
}
