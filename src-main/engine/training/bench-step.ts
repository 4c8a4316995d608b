// Speed of a whole training step on synthetic faces: every loss term, nothing read from disk.

import { matrix, normaliseRows } from '../../common/matrix.ts';
import { Rng } from '../../common/rng.ts';
import { medianOf } from '../../common/statistics.ts';
import type { Runtime } from '../runtime/load.ts';
import { BatchSource, type TrainingData, teacherClassWeights } from './batches.ts';
import { presetSettings, type TrainingSettings } from './settings.ts';
import { TrainingState } from './state.ts';
import { readStep, type StepPart, TrainingStep } from './step.ts';

export interface StepBenchOptions {
  readonly settings: TrainingSettings;
  /** How many made-up faces there are, and of how many identities. */
  readonly faces: number;
  readonly classes: number;
  readonly warmUpSteps: number;
  readonly steps: number;
}

export interface StepBenchResult {
  readonly imagesPerSecond: number;
  readonly stepMs: { readonly median: number; readonly fastest: number; readonly slowest: number };
  /** Share of a step's time, summing to 1. */
  readonly parts: Readonly<Record<StepPart, number>>;
  readonly peakRssMb: number;
  /** Tensors alive after the first and after the last measured step: equal where nothing leaks. */
  readonly tensors: { readonly first: number; readonly last: number };
}

const SEED = 7;

/** The benchmark of EXPERIMENTS.md: 5,131 classes, 12,678 faces, n = 256 negatives, a 512-d teacher. */
export function benchmarkOptions({
  resolutionPx,
  widthFactor,
}: Pick<TrainingSettings['network'], 'resolutionPx' | 'widthFactor'>): Pick<
  StepBenchOptions,
  'settings' | 'faces' | 'classes'
> {
  const ours = presetSettings('ours');
  const settings = { ...ours, network: { ...ours.network, resolutionPx, widthFactor } };
  return { settings, faces: 12_678, classes: 5131 };
}

/** Times whole steps on made-up faces with any settings. */
export function benchTrainingStep(runtime: Runtime, options: StepBenchOptions): StepBenchResult {
  const { tf } = runtime;
  const { settings, faces, classes } = options;
  const data = syntheticData(options);
  const { batchSize } = settings.schedule;
  const batches = new BatchSource(data, { batchSize, flip: true, seed: SEED });
  const state = TrainingState.initialise(runtime, settings, classes, teacherClassWeights(data));
  const bank = tf.keep(tf.tensor2d(data.views[0].embeddings, [faces, data.embeddingSize]));
  const partsMs: Record<StepPart, number> = { batch: 0, forward: 0, backward: 0, update: 0 };
  const step = new TrainingStep(runtime, settings, state, bank, (part, durationMs) => {
    partsMs[part] += durationMs;
  });
  const durationsMs: number[] = [];
  const tensors: number[] = [];
  for (let index = 0; index < options.warmUpSteps + options.steps; index++) {
    const isWarm = index >= options.warmUpSteps;
    if (index === options.warmUpSteps) for (const part of Object.keys(partsMs)) partsMs[part as StepPart] = 0;
    const startedMs = performance.now();
    const batch = batches.at(0, index % batches.stepsPerEpoch);
    partsMs.batch += performance.now() - startedMs;
    readStep(step.run(batch, settings.schedule.learningRate));
    if (!isWarm) continue;
    durationsMs.push(performance.now() - startedMs);
    tensors.push(tf.memory().numTensors);
  }
  step.dispose();
  bank.dispose();
  state.dispose();
  const median = medianOf(durationsMs);
  const sumMs = Object.values(partsMs).reduce((sum, durationMs) => sum + durationMs, 0);
  const parts = Object.fromEntries(
    Object.entries(partsMs).map(([part, durationMs]) => [part, durationMs / sumMs]),
  );
  return {
    imagesPerSecond: (batchSize * 1000) / median,
    stepMs: { median, fastest: Math.min(...durationsMs), slowest: Math.max(...durationsMs) },
    parts: parts as Record<StepPart, number>,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    tensors: { first: tensors[0], last: tensors[tensors.length - 1] },
  };
}

function syntheticData({ settings, faces, classes }: StepBenchOptions): TrainingData {
  const rng = Rng.seeded(SEED);
  const { resolutionPx, embeddingSize } = settings.network;
  const { negatives } = settings.relation;
  const draws = Float32Array.from({ length: faces * embeddingSize }, () => rng.uniform(-1, 1));
  const embeddings = normaliseRows(matrix(draws, embeddingSize)).values;
  const pixels = Uint8Array.from({ length: faces * resolutionPx ** 2 * 3 }, () => rng.int(256));
  return {
    labels: Int32Array.from({ length: faces }, (_, face) => face % classes),
    classes: classes,
    views: [{ embeddings, pixels }],
    resolutionPx,
    embeddingSize,
    mined: settings.relation.isOn
      ? {
          faces: faces,
          negativesPerFace: negatives,
          negatives: Int32Array.from({ length: faces * negatives }, () => rng.int(faces)),
          positives: {
            offsets: Int32Array.from({ length: faces + 1 }, (_, face) => face),
            indices: Int32Array.from({ length: faces }, (_, face) => (face + classes) % faces),
          },
        }
      : null,
  };
}
