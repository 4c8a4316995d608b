// Galleries as the window sees them: by name, never by path.

export interface GalleryRow {
  readonly name: string;
  readonly isOpen: boolean;
}

/** Which embeddings: a student's low-resolution side, or a teacher's high-resolution one. */
export type Side = 'lr' | 'hr';

export interface SpaceView {
  readonly id: number;
  readonly side: Side;
  /** The run or teacher that made it; null where no model here has its digest. */
  readonly model: string | null;
  readonly modelDigest: string;
  /** FaceBN profile by name; null without one. */
  readonly profile: string | null;
  /** How that profile came about; null without one, or where it cannot be read. */
  readonly faceBn: {
    readonly mode: 'calibrated' | 'pooled';
    readonly gamma: number;
    readonly lambda: number;
    readonly source: string;
    readonly faces: number;
  } | null;
  readonly dimension: number;
  readonly embeddings: number;
  /** No face lacks an embedding in it. */
  readonly isComplete: boolean;
  /** It answers on its side. */
  readonly isActive: boolean;
}

export interface GalleryOverview {
  readonly name: string;
  readonly faces: number;
  readonly tracks: number;
  readonly unknownTracks: number;
  readonly subjects: number;
  readonly cameras: number;
  readonly cases: number;
  /** A sample: its people are drawn by Glimpse. */
  readonly isDrawn: boolean;
  /** Capture times of the first and last face, milliseconds since 1970; null where none is known. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly spaces: readonly SpaceView[];
  readonly bytes: number;
}

/** What of a gallery may be old now. */
export interface GalleryChanged {
  readonly gallery: string;
  /** `labels`: clusters or doubts about labels. */
  readonly what: 'faces' | 'subjects' | 'spaces' | 'purge' | 'meaning' | 'cases' | 'labels' | 'retention';
}
