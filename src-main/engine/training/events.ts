// What a training run tells while it runs: announcements, not orders.

import type { TermName } from './objective.ts';

export type Averages = { readonly total: number; readonly gradientNorm: number } & Partial<
  Record<TermName, number>
>;

/** Accuracies in [0, 1]; `score` is what early stop and the best checkpoint go by. LR-HR needs a teacher for the HR side. */
export interface Validation {
  readonly score: number;
  readonly lrLr: number;
  readonly lrHr: number | null;
}

export type TrainingEvent =
  | {
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
  | {
      readonly kind: 'epoch';
      readonly epoch: number;
      readonly learningRate: number;
      readonly averages: Averages;
      readonly imagesPerSecond: number;
      readonly seconds: number;
      readonly rssMb: number;
      readonly validation: Validation | null;
    }
  | { readonly kind: 'checkpoint'; readonly path: string; readonly epoch: number; readonly step: number }
  | { readonly kind: 'stopped'; readonly reason: StopReason; readonly epochs: number };

export type StopReason = 'finished' | 'cancelled' | 'no-gain' | 'not-finite';
