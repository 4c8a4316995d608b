// Training as the window sees it: runs, their events, what is checked before a start.

import type { PresetName, TrainingSettings } from './training-settings.ts';

export type Presets = Readonly<Record<PresetName, TrainingSettings>>;

/** Accuracies in [0, 1]. */
export interface Validation {
  readonly score: number;
  readonly lrLr: number;
  readonly lrHr: number | null;
}

export type TermName = 'classification' | 'instance' | 'relation' | 'embedding';

export type Averages = { readonly total: number; readonly gradientNorm: number } & Partial<
  Record<TermName, number>
>;

export type StopReason = 'finished' | 'cancelled' | 'no-gain' | 'not-finite';

export interface StepEvent {
  readonly kind: 'step';
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly learningRate: number;
  readonly values: Averages;
  readonly imagesPerSecond: number;
  readonly etaSeconds: number;
  readonly rssMb: number;
}

export interface EpochEvent {
  readonly kind: 'epoch';
  readonly epoch: number;
  readonly learningRate: number;
  readonly averages: Averages;
  readonly imagesPerSecond: number;
  readonly seconds: number;
  readonly rssMb: number;
  readonly validation: Validation | null;
}

export type TrainingEvent =
  | StepEvent
  | EpochEvent
  | { readonly kind: 'checkpoint'; readonly path: string; readonly epoch: number; readonly step: number }
  | { readonly kind: 'stopped'; readonly reason: StopReason; readonly epochs: number };

/** A row of the list of runs. */
export interface RunRow {
  readonly name: string;
  readonly startedAt: string;
  readonly resolutionPx: number;
  readonly widthFactor: number;
  readonly teacher: string | null;
  /** Whole epochs trained. */
  readonly epochs: number;
  readonly epochsPlanned: number;
  readonly finished: boolean;
  readonly stopReason: StopReason | null;
  readonly lastValidation: Validation | null;
}

/** One run with its curves; `steps` are thinned to a few hundred. */
export interface RunDetail {
  readonly row: RunRow;
  readonly settings: TrainingSettings;
  readonly data: { readonly root: string; readonly images: number; readonly identities: number };
  readonly validation: string | null;
  readonly epochs: readonly EpochEvent[];
  readonly steps: readonly StepEvent[];
  /** Which checkpoints stand on disk. */
  readonly checkpoints: readonly ('last' | 'best')[];
  readonly sizeBytes: number;
}

/** What a start will meet. */
export interface DataCheck {
  readonly identities: number;
  readonly images: number;
  /** Identities with one image have no positive for L_RID. */
  readonly identitiesWithOneImage: number;
  /** Median number of other images of the same identity. */
  readonly positivesPerFace: number;
  readonly leftOut: number;
  readonly validationPairs: number | null;
  /** What teacher views and checkpoints will take, and what is free. */
  readonly neededBytes: number;
  readonly freeBytes: number;
  /** Faces × views of the training that the teacher has to see, once. */
  readonly teacherFaces: number;
  readonly warnings: readonly string[];
}

/** Ten steps on made-up faces of the same size and number, and the teacher on a few. */
export interface PaceCheck {
  readonly imagesPerSecond: number;
  /** With its validation. */
  readonly secondsPerEpoch: number;
  /** What the teacher has still to look at before the first step. */
  readonly preparationSeconds: number;
  readonly rssMb: number;
}

/** A face as the teacher and as the student see it; the pictures are paths below `/images/`. */
export interface SampleFace {
  readonly identity: string;
  readonly views: readonly { readonly hr: string; readonly lr: string; readonly name: ViewName }[];
}

/** A face beside another one: how near the teacher finds them. */
export interface RelatedFace {
  readonly identity: string;
  readonly picture: string;
  /** Cosine of the teacher's plain embeddings. */
  readonly cosine: number;
}

/** A face with those that the relation term sets it against, as they were mined: hardest first where sampling is hard. */
export interface MinedFace {
  readonly identity: string;
  readonly picture: string;
  readonly positives: readonly RelatedFace[];
  readonly negatives: readonly RelatedFace[];
}

/** Why there are none to show. */
export type NoMinedFaces = 'term-off' | 'no-positives' | 'not-kept' | 'data-changed' | 'teacher-gone';

export type MinedSamples =
  | { readonly kind: 'mined'; readonly sampling: 'hard' | 'random'; readonly faces: readonly MinedFace[] }
  | { readonly kind: 'none'; readonly reason: NoMinedFaces };

export type ViewName = 'plain' | 'mirrored' | 'jittered';

export interface TrainingResult {
  readonly run: string;
  readonly reason: StopReason;
  readonly epochs: number;
  readonly imagesPerSecond: number;
  readonly final: Validation | null;
  readonly skipped: number;
}
