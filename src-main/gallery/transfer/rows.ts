// A gallery's rows as they travel: plain JSON, one object a line, cameras by name, bytes as hex.

import type { SourceKind } from '../db/queries/faces.ts';
import type { SpaceKey } from '../db/queries/spaces.ts';
import type { TrackOrigin } from '../db/queries/tracks.ts';

export interface SubjectLine {
  readonly id: number;
  readonly name: string | null;
  readonly note: string;
  readonly createdAt: number;
}

export interface TrackLine {
  readonly id: number;
  readonly subjectId: number | null;
  readonly camera: string | null;
  readonly origin: TrackOrigin;
  readonly label: string | null;
  readonly createdAt: number;
}

export interface SourceLine {
  readonly id: number;
  readonly sha256: string;
  readonly path: string;
  readonly kind: SourceKind;
  readonly width: number;
  readonly height: number;
  readonly enrolledAt: number;
}

export interface FaceLine {
  readonly id: number;
  readonly trackId: number;
  readonly sourceId: number;
  readonly frameIndex: number;
  readonly faceIndex: number;
  /** x, y, width, height. */
  readonly box: readonly number[];
  /** Five points, x and y in turn. */
  readonly landmarks: readonly number[] | null;
  /** SHA-256 of the PNG. */
  readonly crop: string;
  readonly sizePx: number;
  readonly sharpness: number;
  readonly turn: number | null;
  readonly rollDegrees: number | null;
  readonly detectionScore: number | null;
  readonly weight: number;
  readonly reasons: readonly string[];
  readonly capturedAt: number | null;
  readonly createdAt: number;
  readonly tags: readonly string[];
}

export interface ProfileEntry {
  readonly digest: string;
  readonly modelDigest: string;
  readonly name: string;
  /** The profile's file, base64. */
  readonly content: string;
}

export interface SpaceEntry extends SpaceKey {
  /** Names its files: embeddings/space-<number>.npy, and the faces' numbers beside it. */
  readonly number: number;
  readonly state: 'filling' | 'complete';
  readonly isActive: boolean;
  readonly embeddings: number;
}

/** What scores mean that a probe in one space gets from another, or from the same. */
export interface MeaningEntry {
  readonly probeSpace: number;
  readonly answerSpace: number;
  /** JSON. */
  readonly meaning: string;
}

/** The table of contents: gallery.json. */
export interface GalleryHeader {
  readonly gallery: string;
  readonly galleryId: string;
  readonly exportedAt: string;
  readonly counts: {
    readonly subjects: number;
    readonly tracks: number;
    readonly sources: number;
    readonly faces: number;
  };
  readonly cameras: readonly string[];
  readonly profiles: readonly ProfileEntry[];
  readonly spaces: readonly SpaceEntry[];
  /** Those that were measured on what the gallery holds. */
  readonly meanings: readonly MeaningEntry[];
}
