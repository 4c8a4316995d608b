// One training step: batch to tensors, forward, backward, update. The order of it all, on one screen.

import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { type BatchNorm, type BatchStatistics, createBatchNorm } from '../layers/batch-norm.ts';
import type { Normalise } from '../models/iresnet.ts';
import { valueAndGradients } from '../runtime/gradients.ts';
import type { Runtime, Tf } from '../runtime/load.ts';
import type { Batch } from './batches.ts';
import type { ObjectiveBatch, TermName } from './objective.ts';
import type { TrainingSettings } from './settings.ts';
import type { TrainingState } from './state.ts';

/** Share of a batch's statistics in the running ones. */
const STATISTICS_MOMENTUM = 0.1;

/** What a step measured; scalars stay on the device until they are asked for. */
export interface StepValues {
  readonly total: Scalar;
  readonly gradientNorm: Scalar;
  readonly terms: ReadonlyMap<TermName, Scalar>;
}

/** What a step's time goes into. */
export type StepPart = 'batch' | 'forward' | 'backward' | 'update';

export class TrainingStep {
  readonly #runtime: Runtime;
  readonly #settings: TrainingSettings;
  readonly #state: TrainingState;
  readonly #batchNorm: BatchNorm;
  /** Plain teacher embeddings of all faces [N, D]: partners and negatives are gathered from it. Null without L_RID. */
  readonly #bank: Tensor2D | null;
  readonly #onPart: (part: StepPart, durationMs: number) => void;

  /** `onPart` hears how long each part took; on a GPU that is the time to enqueue it. */
  constructor(
    runtime: Runtime,
    settings: TrainingSettings,
    state: TrainingState,
    bank: Tensor2D | null,
    onPart: (part: StepPart, durationMs: number) => void = () => {},
  ) {
    this.#runtime = runtime;
    this.#settings = settings;
    this.#state = state;
    this.#batchNorm = createBatchNorm(runtime);
    this.#bank = bank;
    this.#onPart = onPart;
  }

  /** Changes the state by one step. The caller disposes of the scalars. */
  run(batch: Batch, learningRate: number): StepValues {
    const { tf } = this.#runtime;
    const { objective, heads, optimiser, statistics, network } = this.#state;
    const observed = new Map<string, BatchStatistics>();
    const normalise: Normalise = (name, input, scale, offset) =>
      this.#batchNorm.train(input, scale, offset, (batchStatistics) => observed.set(name, batchStatistics));
    const terms = new Map<TermName, Scalar>();
    const [total, gradientNorm] = tf.tidy(() => {
      let markMs = performance.now();
      const mark = (part: StepPart): void => {
        const nowMs = performance.now();
        this.#onPart(part, nowMs - markMs);
        markMs = nowMs;
      };
      const { pixels, ...rest } = this.#toTensors(tf, batch);
      mark('batch');
      const objectiveOf = (): Scalar => {
        const student = network.forward(pixels, normalise);
        const result = objective.evaluate({ student, ...rest }, heads);
        for (const [name, term] of result.terms) terms.set(name, tf.keep(term.clone()) as Scalar);
        mark('forward');
        return result.total;
      };
      const { value, gradients } = valueAndGradients(tf, objectiveOf, this.#state.parameters());
      mark('backward');
      const { momentum, weightDecay, largestGradientNorm } = this.#settings.schedule;
      const norm = optimiser.apply(gradients, { learningRate, momentum, weightDecay, largestGradientNorm });
      mark('update');
      return [value, norm];
    });
    statistics.update(observed, STATISTICS_MOMENTUM);
    return { total, gradientNorm, terms };
  }

  #toTensors(tf: Tf, batch: Batch): Omit<ObjectiveBatch, 'student'> & { pixels: Tensor4D } {
    const { resolutionPx, embeddingSize } = this.#settings.network;
    const size = batch.labels.length;
    const { relations } = batch;
    const bank = this.#bank;
    return {
      pixels: tf.tensor4d(batch.pixels, [size, resolutionPx, resolutionPx, 3]),
      labels: tf.tensor1d(batch.labels, 'int32'),
      teacher: batch.teacher.length === 0 ? null : tf.tensor2d(batch.teacher, [size, embeddingSize]),
      relation:
        relations === null || bank === null || relations.rows.length === 0
          ? null
          : {
              rows: tf.tensor1d(relations.rows, 'int32'),
              partners: tf.gather(bank, tf.tensor1d(relations.partners, 'int32')),
              others: tf.gather(bank, tf.tensor1d(relations.others, 'int32')),
              negativeIndices: tf.tensor2d(
                relations.negatives,
                [relations.rows.length, relations.negatives.length / relations.rows.length],
                'int32',
              ),
            },
    };
  }

  dispose(): void {
    this.#batchNorm.dispose();
  }
}

/** Reads the scalars back and frees them. */
export function readStep(values: StepValues): {
  total: number;
  gradientNorm: number;
  terms: Partial<Record<TermName, number>>;
} {
  const read = (scalar: Scalar): number => {
    const [value] = scalar.dataSync();
    scalar.dispose();
    return value;
  };
  const terms: Partial<Record<TermName, number>> = {};
  for (const [name, term] of values.terms) terms[name] = read(term);
  return { total: read(values.total), gradientNorm: read(values.gradientNorm), terms };
}
