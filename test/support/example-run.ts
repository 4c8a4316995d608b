// Records of a training run, made up: a config and epoch rows.

import type { TrainingEvent } from '../../src-main/engine/training/events.ts';
import type { EpochRow, RunConfig } from '../../src-main/engine/training/run-folder.ts';
import { presetSettings, withEpochs } from '../../src-main/engine/training/settings.ts';

export function exampleConfig(epochs = 3): RunConfig {
  return {
    version: 1,
    settings: withEpochs(presetSettings('ours'), epochs),
    data: { root: '/faces', fingerprint: 'f0', images: 10, identities: 4 },
    teacher: { name: 'tiny', digest: 'd0' },
    validation: null,
    environment: { node: '24' },
    startedAt: '2026-01-02T03:04:05.000Z',
  };
}

/** `score` null: an epoch without validation. */
export function epochRow(epoch: number, score: number | null = null, loss = 10 - epoch): EpochRow {
  return {
    kind: 'epoch',
    epoch,
    learningRate: 0.05,
    averages: { total: loss, gradientNorm: 1, classification: loss },
    imagesPerSecond: 100,
    seconds: 1,
    rssMb: 200,
    validation: score === null ? null : { score, lrLr: score, lrHr: score },
  };
}

export function stepEvent(epoch: number, step: number): TrainingEvent {
  return {
    kind: 'step',
    epoch,
    step,
    stepsPerEpoch: 20,
    learningRate: 0.05,
    values: { total: 1, gradientNorm: 1 },
    imagesPerSecond: 100,
    etaSeconds: 1,
    rssMb: 200,
  };
}
