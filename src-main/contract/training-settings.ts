// Every setting of a training run as it crosses to the window and back, within the limits that the method has.

import * as v from 'valibot';
import { integer, within } from './shapes.ts';

const MOST_EPOCHS = 10_000;

export const trainingSettings = v.strictObject({
  version: v.literal(1),
  network: v.strictObject({
    depth: v.picklist([18, 50]),
    resolutionPx: integer(16, 112),
    studentInput: v.picklist(['native', '112']),
    widthFactor: within(1 / 64, 4),
    embeddingSize: integer(2, 4096),
  }),
  classification: v.strictObject({
    isOn: v.boolean(),
    scale: within(1, 1000),
    angularMargin: within(0, 1.5),
    headInit: v.picklist(['teacher', 'random']),
  }),
  instance: v.strictObject({
    isOn: v.boolean(),
    weight: within(0, 1000),
    temperature: within(0.01, 1000),
    nonTargetWeight: v.union([v.literal('teacher'), within(0, 1000)]),
  }),
  relation: v.strictObject({
    isOn: v.boolean(),
    weight: within(0, 1000),
    temperature: within(0.001, 100),
    negatives: integer(1, 4096),
    relationSize: integer(2, 4096),
    sampling: v.picklist(['hard', 'random']),
  }),
  embedding: v.strictObject({ isOn: v.boolean(), weight: within(0, 1000) }),
  teacherViews: integer(1, 64),
  viewRecipe: v.strictObject({
    scaleLog: within(0, 1),
    rotationDegrees: within(0, 45),
    shiftPx: within(0, 32),
    brightnessLog: within(0, 2),
    contrastLog: within(0, 2),
    saturationLog: within(0, 2),
    seed: integer(0, 2 ** 32 - 1),
  }),
  flip: v.boolean(),
  schedule: v.strictObject({
    epochs: integer(1, MOST_EPOCHS),
    batchSize: integer(2, 4096),
    learningRate: within(1e-7, 10),
    decayAtEpochs: v.pipe(v.array(integer(0, MOST_EPOCHS)), v.maxLength(100), v.readonly()),
    decayFactor: within(0.001, 1),
    momentum: within(0, 0.999),
    weightDecay: within(0, 1),
    largestGradientNorm: v.nullable(within(1e-6, 1e6)),
  }),
  seed: integer(0, 2 ** 32 - 1),
  validateEveryEpochs: integer(1, MOST_EPOCHS),
  patience: v.nullable(integer(1, MOST_EPOCHS)),
  checkpointEverySteps: integer(1, 1_000_000),
});

export type TrainingSettings = v.InferOutput<typeof trainingSettings>;

export const PRESET_NAMES = ['paper', 'quick', 'ours', 'teacher'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];
