// What the gallery process can be asked of enrolments: begun, gone on with, fed batch by batch, ended, looked back at.

import type { LeftOut } from '../../datasets/entries.ts';
import type { ImportCounts, ImportItem, ItemState } from '../../gallery/db/queries/imports.ts';
import type { Space } from '../../gallery/db/queries/spaces.ts';
import type {
  BegunEnrolment,
  EnrolmentReport,
  EnrolmentStart,
  ResumedEnrolment,
} from '../../gallery/enrol/enrolment.ts';
import type { EnrolledFace } from '../../gallery/enrol/faces.ts';
import type { FrameOutcome } from '../../gallery/enrol/frames.ts';
import type { WantedSpace } from '../../gallery/enrol/import-spaces.ts';
import type { BatchCounts, PictureOutcome } from '../../gallery/enrol/pictures.ts';
import type { NumberedFrame } from '../engine/frame-reader.ts';
import type { PictureOptions } from '../enrolment/picture-sources.ts';
import type { BegunFrames, EnrolFramesReport } from '../frames/enrol-frames-job.ts';
import type { OriginOptions } from '../frames/open-origin.ts';
import type { InGallery, Method } from './gallery-service.ts';

type ReadOutcome = Extract<PictureOutcome, { kind: 'read' }>;

/** A face as it crosses: embeddings as a map, or as pairs where maps cannot be sent. */
export type SentFace = Omit<EnrolledFace, 'embeddings'> & {
  readonly embeddings: Iterable<readonly [spaceId: number, vector: Float32Array]>;
};

/** A picture's outcome as it crosses. */
export type SentOutcome =
  | Exclude<PictureOutcome, ReadOutcome>
  | (Omit<ReadOutcome, 'faces'> & { readonly faces: readonly SentFace[] });

type ReadFrame = Extract<FrameOutcome, { kind: 'read' }>;

/** A frame's outcome as it crosses. */
export type SentFrame =
  | Exclude<FrameOutcome, ReadFrame>
  | (Omit<ReadFrame, 'faces'> & { readonly faces: readonly SentFace[] });

/** Frames of one camera: a folder of them, or a video. */
export interface FramesBegin extends OriginOptions {
  readonly path: string;
  readonly camera: string | null;
  readonly leastChange: number;
  readonly spaces: readonly WantedSpace[];
}

export interface FramesBegun extends Omit<BegunFrames, 'files'> {
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];
  /** What the next frame is held against; null at the beginning, and of a video, which reads it anew. */
  readonly lastKept: NumberedFrame | null;
  /** Frames of the whole; null where a video does not say. */
  readonly frames: number | null;
  /** What the engine reads of a video; null of a folder. */
  readonly video: VideoFacts | null;
}

export interface VideoFacts {
  readonly path: string;
  readonly sha256: Uint8Array;
  readonly framesPerSecond: number;
  readonly frames: number | null;
  readonly everyNth: number;
  readonly startedAtMs: number | null;
}

/** Pictures named by their paths; the gallery process lists them itself, so that a million names cross no process. */
export interface SourceStart extends PictureOptions {
  readonly paths: readonly string[];
  readonly asCrops: boolean;
  readonly spaces: readonly WantedSpace[];
  /** An earlier sitting was begun: its list is gone on with, even if the source holds other files by now. */
  readonly resumes: boolean;
}

export interface BegunSource extends ResumedEnrolment {
  readonly leftOut: readonly LeftOut[];
}

/** An import that is not ended yet. */
export interface UnfinishedImport extends ImportCounts {
  readonly importId: number;
  readonly kind: string;
  readonly root: string;
  readonly files: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** A file of an import, with what became of it. */
export interface SettledFile {
  readonly position: number;
  readonly name: string;
  readonly reason: string | null;
}

interface OfImport extends InGallery {
  readonly importId: number;
}

/** A type, not an interface: a service is indexed by name. */
export type EnrolmentMethods = {
  readonly beginEnrolment: Method<InGallery & EnrolmentStart, BegunEnrolment>;
  /** Goes on with an unfinished import of the same source, as `beginEnrolment` does. */
  readonly beginSource: Method<InGallery & SourceStart, BegunSource>;
  /** Newest first; of pictures. */
  readonly unfinishedImports: Method<InGallery, readonly UnfinishedImport[]>;
  /** Goes on with what was written down of an import, whatever its source holds by now. */
  readonly resumeEnrolment: Method<OfImport, ResumedEnrolment>;
  readonly enrolmentItems: Method<
    OfImport & { readonly after: number; readonly limit: number },
    readonly ImportItem[]
  >;
  readonly enrol: Method<
    OfImport & { readonly spaces: readonly Space[]; readonly outcomes: readonly SentOutcome[] },
    BatchCounts
  >;
  /** Null for a video that is enrolled already. Goes on with an unfinished import of the same. */
  readonly beginFrames: Method<InGallery & FramesBegin, FramesBegun | null>;
  /** A window of frames, whole or not at all. */
  readonly enrolFrames: Method<
    OfImport & {
      readonly spaces: readonly Space[];
      readonly cameraId: number | null;
      readonly frames: readonly SentFrame[];
    },
    null
  >;
  /** Makes the tracks, and ends the import. */
  readonly finishFrames: Method<
    OfImport & { readonly spaces: readonly Space[] },
    Omit<EnrolFramesReport, 'resumedAt' | 'notes' | 'failures'>
  >;
  readonly finishEnrolment: Method<OfImport & { readonly spaces: readonly Space[] }, EnrolmentReport>;
  /** Ends an unfinished import as it is: what was not read is left. */
  readonly endEnrolment: Method<OfImport, ImportCounts>;
  /** Files of one state, in order, by pages. */
  readonly settledFiles: Method<
    OfImport & { readonly state: ItemState; readonly after: number; readonly limit: number },
    readonly SettledFile[]
  >;
  /** Writes the files that were not enrolled as CSV. */
  readonly saveFailures: Method<
    OfImport & { readonly path: string; readonly leftOut: readonly LeftOut[] },
    { readonly rows: number }
  >;
};
