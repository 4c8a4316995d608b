// FaceBN: batch-norm statistics re-estimated on the faces at hand (AIRD, eq. 9); affine parameters stay.

import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { ensure } from '../../common/errors.ts';
import type { Matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { embedInBatches, scalePixels } from '../embed.ts';
import { type BatchStatistics, createBatchNorm } from '../layers/batch-norm.ts';
import type { IResNet, Normalise } from '../models/iresnet.ts';
import { type PlainStatistics, readValues } from '../models/parameters.ts';
import type { Runtime } from '../runtime/load.ts';

export type StatisticsByNorm = ReadonlyMap<string, PlainStatistics>;

/** `calibrated`: the paper's update, one pass, then frozen. `pooled`: statistics of all faces, mixed in by λ. */
export type FaceBnMode = 'calibrated' | 'pooled';

export interface FaceBnSettings {
  readonly mode: FaceBnMode;
  /** γ: share of the old statistics that a batch leaves (calibrated, online). */
  readonly gamma: number;
  /** λ: share of the faces' own statistics in the result (pooled). */
  readonly lambda: number;
  /** M. */
  readonly batchSize: number;
  /** A smaller batch never updates statistics. */
  readonly minBatch: number;
}

/** λ = 1 won on average over six cameras and two students, and with 64 faces as with 3,811 (EXPERIMENTS.md). */
export const DEFAULT_FACE_BN: FaceBnSettings = {
  mode: 'pooled',
  gamma: 0.1,
  lambda: 1,
  batchSize: 256,
  minBatch: 8,
};

export interface Adaptation {
  readonly statistics: StatisticsByNorm;
  /** Each layer's statistics over all faces, seen through the adapted layers before it. */
  readonly observed: StatisticsByNorm;
  /** Faces that took part. */
  readonly faces: number;
}

/**
 * Adapts to N faces of r×r bytes, in their order. Layer l sees inputs normalised by the adapted statistics of the
 * layers before it. In `pooled` mode a batch goes through (1 − λ)·training + λ·its own statistics on its way, and
 * what is kept is the exact mean and variance over all batches. Throws `bad-data` for fewer faces than `minBatch`.
 */
export function adapt(
  runtime: Runtime,
  network: IResNet,
  training: StatisticsByNorm,
  pixels: Uint8Array,
  settings: FaceBnSettings,
  progress: ProgressToken,
): Adaptation {
  checkSettings(settings);
  const pixelCount = network.plan.spec.resolutionPx ** 2 * 3;
  const faces = pixels.length / pixelCount;
  ensure(
    faces >= settings.minBatch,
    'bad-data',
    `FaceBN needs at least ${settings.minBatch} faces to estimate statistics, got ${faces}`,
  );
  const run = new StatisticsRun(runtime, network, training, settings);
  try {
    const used = passAll(run, pixels, { ...settings, pixelCount }, progress);
    const observed = run.pooled();
    const statistics = settings.mode === 'pooled' ? mix(training, observed, settings.lambda) : run.current();
    return { statistics, observed, faces: used };
  } finally {
    run.dispose();
  }
}

/** Passes every batch that is large enough; gives the number of faces in them. */
function passAll(
  run: StatisticsRun,
  pixels: Uint8Array,
  {
    batchSize,
    minBatch,
    pixelCount,
  }: Pick<FaceBnSettings, 'batchSize' | 'minBatch'> & { pixelCount: number },
  progress: ProgressToken,
): number {
  const faces = pixels.length / pixelCount;
  const stage = progress.stage('adapting batch norm', faces, 'faces');
  let used = 0;
  for (let first = 0; first < faces; first += batchSize) {
    progress.throwIfCancelled();
    const count = Math.min(batchSize, faces - first);
    if (count >= minBatch) {
      run.pass(scalePixels(pixels.subarray(first * pixelCount, (first + count) * pixelCount)), count);
      used += count;
    }
    stage.advance(count);
  }
  return used;
}

/**
 * The paper's online form: each batch is embedded with the statistics it has just updated, so the result depends on
 * order and batch size. [N × r × r × 3] bytes → N × D unit rows.
 */
export function embedOnline(
  runtime: Runtime,
  network: IResNet,
  training: StatisticsByNorm,
  pixels: Uint8Array,
  settings: FaceBnSettings,
): Matrix {
  checkSettings(settings);
  const run = new StatisticsRun(runtime, network, training, { ...settings, mode: 'calibrated' });
  const { resolutionPx, embeddingSize } = network.plan.spec;
  try {
    return embedInBatches(
      pixels,
      { resolutionPx, embeddingSize, facesPerBatch: settings.batchSize },
      (scaled, count) => run.pass(scaled, count),
    );
  } finally {
    run.dispose();
  }
}

/** (1 − λ)·training + λ·observed, layer by layer. */
export function mix(
  training: StatisticsByNorm,
  observed: StatisticsByNorm,
  lambda: number,
): StatisticsByNorm {
  const blend = (own: Float32Array, other: Float32Array): Float32Array =>
    own.map((value, channel) => (1 - lambda) * value + lambda * other[channel]);
  return new Map(
    [...training].map(([name, own]) => {
      const other = observed.get(name) ?? own;
      return [name, { mean: blend(own.mean, other.mean), variance: blend(own.variance, other.variance) }];
    }),
  );
}

function checkSettings({ gamma, lambda, batchSize, minBatch }: FaceBnSettings): void {
  ensure(gamma >= 0 && gamma <= 1, 'bad-usage', `FaceBN's γ lies in [0, 1], not ${gamma}`);
  ensure(lambda >= 0 && lambda <= 1, 'bad-usage', `FaceBN's λ lies in [0, 1], not ${lambda}`);
  ensure(minBatch >= 2, 'bad-usage', `FaceBN's minimum batch is at least 2, not ${minBatch}`);
  ensure(
    batchSize >= minBatch,
    'bad-usage',
    `FaceBN's batch size ${batchSize} is under its minimum batch ${minBatch}`,
  );
}

/** Sums over all batches of one layer: for each channel the weighted mean and mean square. */
interface Sums {
  weight: number;
  readonly mean: Float64Array;
  readonly square: Float64Array;
}

class StatisticsRun {
  readonly #runtime: Runtime;
  readonly #network: IResNet;
  readonly #settings: FaceBnSettings;
  readonly #batchNorm;
  readonly #training: StatisticsByNorm;
  #current: Map<string, PlainStatistics>;
  readonly #sums = new Map<string, Sums>();

  constructor(runtime: Runtime, network: IResNet, training: StatisticsByNorm, settings: FaceBnSettings) {
    this.#runtime = runtime;
    this.#network = network;
    this.#settings = settings;
    this.#training = training;
    this.#current = new Map(training);
    this.#batchNorm = createBatchNorm(runtime);
  }

  /** Scaled pixels of `count` faces → embeddings, flat; updates the statistics unless the batch is too small. */
  pass(scaled: Float32Array, count: number): Float32Array {
    const { tf } = this.#runtime;
    const { resolutionPx } = this.#network.plan.spec;
    const updates = count >= this.#settings.minBatch;
    const normalise: Normalise = (name, input, scale, offset) => {
      const statistics = updates ? this.#update(name, input) : this.#statisticsOf(name);
      const tensors: BatchStatistics = {
        mean: tf.tensor1d(statistics.mean),
        variance: tf.tensor1d(statistics.variance),
      };
      return this.#batchNorm.infer(input, scale, offset, tensors);
    };
    return tf.tidy(() => {
      const input: Tensor4D = tf.tensor4d(scaled, [count, resolutionPx, resolutionPx, 3]);
      return this.#network.forward(input, normalise).dataSync<'float32'>();
    });
  }

  #statisticsOf(name: string): PlainStatistics {
    return this.#current.get(name) as PlainStatistics;
  }

  /** Takes a batch's statistics in and returns what the batch is to be normalised with. */
  #update(name: string, input: Tensor4D): PlainStatistics {
    const { tf } = this.#runtime;
    const { mean, variance } = tf.moments(input, [0, 1, 2]);
    const samples = input.shape[0] * input.shape[1] * input.shape[2];
    const batch = { mean: readValues(mean as Tensor1D), variance: readValues(variance as Tensor1D) };
    this.#accumulate(name, batch, samples);
    const unbiased = {
      mean: batch.mean,
      variance: batch.variance.map((value) => (value * samples) / (samples - 1)),
    };
    const isPooled = this.#settings.mode === 'pooled';
    const own = new Map([[name, (isPooled ? this.#training : this.#current).get(name) as PlainStatistics]]);
    const share = isPooled ? this.#settings.lambda : 1 - this.#settings.gamma;
    const mixed = mix(own, new Map([[name, unbiased]]), share).get(name) as PlainStatistics;
    if (!isPooled) this.#current.set(name, mixed);
    return mixed;
  }

  #accumulate(name: string, batch: PlainStatistics, samples: number): void {
    const channels = batch.mean.length;
    const sums = this.#sums.get(name) ?? {
      weight: 0,
      mean: new Float64Array(channels),
      square: new Float64Array(channels),
    };
    sums.weight += samples;
    for (let channel = 0; channel < channels; channel++) {
      sums.mean[channel] += samples * batch.mean[channel];
      sums.square[channel] += samples * (batch.variance[channel] + batch.mean[channel] ** 2);
    }
    this.#sums.set(name, sums);
  }

  /** Exact mean and unbiased variance over everything that passed. */
  pooled(): StatisticsByNorm {
    const pooled = new Map<string, PlainStatistics>();
    for (const [name, { weight, mean, square }] of this.#sums) {
      const means = Float32Array.from(mean, (sum) => sum / weight);
      const variance = Float32Array.from(square, (sum, channel) => {
        const biased = Math.max(sum / weight - (mean[channel] / weight) ** 2, 0);
        return (biased * weight) / (weight - 1);
      });
      pooled.set(name, { mean: means, variance });
    }
    return pooled;
  }

  /** The statistics as the batches left them. */
  current(): StatisticsByNorm {
    return new Map(this.#current);
  }

  dispose(): void {
    this.#batchNorm.dispose();
  }
}
