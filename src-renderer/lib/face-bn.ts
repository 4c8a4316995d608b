// FaceBN as it is offered: pooled with λ = 1 won on average over cameras and students (EXPERIMENTS.md).

export interface FaceBnChoice {
  readonly mode: 'pooled' | 'calibrated';
  readonly gamma: number;
  readonly lambda: number;
  readonly batchSize: number;
  readonly minBatch: number;
}

export const USUAL_FACE_BN: FaceBnChoice = {
  mode: 'pooled',
  gamma: 0.1,
  lambda: 1,
  batchSize: 256,
  minBatch: 8,
};
