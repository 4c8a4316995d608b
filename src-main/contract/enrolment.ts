// Enrolment as the window sees it: what is asked for, the plan of it, what became of it.

import * as v from 'valibot';
import type { Side } from './galleries.ts';
import {
  absolutePath,
  csvPath,
  galleryName,
  identifier,
  integer,
  line,
  runName,
  teacherName,
  within,
} from './shapes.ts';

/** Aligned face crops taken as they are, pictures whose faces are found, frames of one camera that become tracks, a video. */
export const ENROLMENT_READINGS = ['crops', 'pictures', 'frames', 'video'] as const;
export type EnrolmentReading = (typeof ENROLMENT_READINGS)[number];

const MOST_PATHS = 10_000;
const MOST_FILES = 500;

const id = integer(1, Number.MAX_SAFE_INTEGER);

const entries = {
  gallery: galleryName,
  /** One folder, manifest, list or video; or pictures. As the person chose or dropped them. */
  paths: v.pipe(v.array(absolutePath), v.minLength(1), v.maxLength(MOST_PATHS), v.readonly()),
  /** Who a folder shows: its first folder names, or nobody known. */
  subjects: v.picklist(['folder', 'none']),
  /** A list may name pictures outside its own folder. */
  anywhere: v.boolean(),
  /** Of every picture whose manifest names none, of the frames, of the video. */
  camera: v.nullable(line),
  /** For the low-resolution side, where the gallery does not answer by another already. */
  student: v.nullable(runName),
  /** The same for the full-resolution side. */
  teacher: v.nullable(teacherName),
  frames: v.strictObject({
    /** Of a folder of frames; null takes the times from names or EXIF data. */
    framesPerSecond: v.nullable(within(0.001, 1000)),
    /** Of a video. */
    everyNth: integer(1, 100_000),
    /** When the first frame was taken, milliseconds since 1970. */
    startedAtMs: v.nullable(integer(0, 8_640_000_000_000_000)),
    /** Frames that change less than this in grey levels are left out; 0 keeps all. */
    leastChange: within(0, 255),
  }),
} as const;

export const enrolmentPlan = v.strictObject({
  ...entries,
  /** Null lets what is there decide. */
  reading: v.nullable(v.picklist(ENROLMENT_READINGS)),
});
export type EnrolmentPlanAsked = v.InferOutput<typeof enrolmentPlan>;

export const enrolmentStart = v.strictObject({ ...entries, reading: v.picklist(ENROLMENT_READINGS) });
export type EnrolmentAsked = v.InferOutput<typeof enrolmentStart>;

export const importReference = v.strictObject({ gallery: galleryName, import: id });

export const importFiles = v.strictObject({
  gallery: galleryName,
  import: id,
  state: v.picklist(['failed', 'duplicate', 'no-face']),
  after: integer(-1, Number.MAX_SAFE_INTEGER),
  limit: integer(1, MOST_FILES),
});
export type ImportFilesAsked = v.InferOutput<typeof importFiles>;

export const failuresFile = v.strictObject({ job: identifier, file: csvPath });

export type EnrolmentSourceKind = 'folder' | 'manifest' | 'list' | 'images' | 'frames' | 'video';

export interface LeftOutFile {
  readonly path: string;
  readonly reason: string;
}

/** Three of a number of sizes in pixels. */
export interface SizeRange {
  readonly smallest: number;
  readonly median: number;
  readonly largest: number;
}

/** What will embed one side of the faces. */
export interface EnrolmentSide {
  readonly side: Side;
  readonly model: string;
  /** FaceBN profile by name. */
  readonly profile: string | null;
  /** The gallery answers by it already, so it is the only one that can be taken. */
  readonly isOwn: boolean;
}

/** What the source itself says, some of its files having been looked at. */
export interface SourcePlan {
  readonly kind: EnrolmentSourceKind;
  readonly root: string;
  readonly reading: EnrolmentReading;
  /** By the sizes of what was looked at. */
  readonly suggested: EnrolmentReading;
  /** Files, or frames; null where a video does not say how many it has. */
  readonly files: number | null;
  /** People that it names, and files that name nobody. */
  readonly subjects: number;
  readonly unnamed: number;
  readonly cameras: number;
  /** Capture times, milliseconds since 1970; null where none is known. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly leftOut: readonly LeftOutFile[];
  readonly leftOutCount: number;
  readonly sample: {
    readonly files: number;
    /** Longest sides of the pictures; null where none could be read. */
    readonly sizes: SizeRange | null;
    /** Faces found in them, and how wide they are; null for crops. */
    readonly faces: { readonly count: number; readonly sizes: SizeRange | null } | null;
    readonly unreadable: readonly LeftOutFile[];
    /** Measured on these files with these models; null without models. */
    readonly secondsPerFile: number | null;
  };
  readonly notes: readonly string[];
}

export interface EnrolmentPlan extends SourcePlan {
  readonly sides: readonly EnrolmentSide[];
  /** Of the whole; null where it cannot be told. */
  readonly seconds: number | null;
  /** An import of the same source that was not finished, with its files left to do. */
  readonly unfinished: { readonly import: number; readonly todo: number } | null;
}

export interface UnfinishedImportRow {
  readonly import: number;
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly todo: number;
  readonly files: number;
}

export interface ImportFileRow {
  readonly position: number;
  readonly name: string;
  readonly reason: string | null;
}

export interface EnrolmentResult {
  readonly gallery: string;
  /** Null where nothing was begun: a video that is enrolled already. */
  readonly import: number | null;
  readonly root: string;
  readonly files: number;
  readonly faces: number;
  readonly done: number;
  readonly duplicates: number;
  readonly withoutFace: number;
  readonly failed: number;
  /** The first of them. */
  readonly leftOut: readonly LeftOutFile[];
  readonly leftOutCount: number;
  /** Files that an earlier sitting had done. */
  readonly resumedAt: number;
  /** Of frames and videos; null of pictures. */
  readonly tracks: number | null;
  readonly notes: readonly string[];
}
