// The training loop: batches in order, events out, checkpoints on the way, and a way to stop at every step.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { GlimpseError } from '../../common/errors.ts';
import { createEmbedder, type Embedder } from '../embed.ts';
import type { Runtime } from '../runtime/load.ts';
import { BatchSource, type TrainingData, teacherClassWeights } from './batches.ts';
import {
  type BestValidation,
  type Checkpoint,
  type CheckpointHeader,
  checkpointPath,
  isFiniteState,
  type Position,
  saveCheckpoint,
} from './checkpoint.ts';
import { EpochMeter } from './epoch-meter.ts';
import type { StopReason, TrainingEvent, Validation } from './events.ts';
import { learningRateAt, type TrainingSettings } from './settings.ts';
import { TrainingState } from './state.ts';
import { readStep, TrainingStep } from './step.ts';

export interface TrainingJob {
  readonly settings: TrainingSettings;
  readonly data: TrainingData;
  readonly dataFingerprint: string;
  readonly teacherDigest: string | null;
  /** Checkpoints go into it. */
  readonly runFolder: string;
  /** A checkpoint to go on from; its settings must be the job's. */
  readonly resumeFrom: Checkpoint | null;
  /** Judges the network as it is; null trains without validation. */
  readonly validate: ((embedder: Embedder) => Promise<Validation>) | null;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainingEvent) => Promise<void> | void;
}

export interface TrainingOutcome {
  readonly reason: StopReason;
  /** Whole epochs trained, earlier sittings included. */
  readonly epochs: number;
  readonly best: BestValidation | null;
  readonly imagesPerSecond: number;
  readonly state: TrainingState;
}

/** Scalars are read back once in this many steps: enough for a curve and a NaN guard, too rare to slow a GPU. */
const READ_EVERY_STEPS = 10;

/**
 * Trains until the last epoch, a stop or an error. The caller disposes of the state. Throws `not-finite` where the loss or
 * the state is no longer a number; the checkpoints from before stay.
 */
export async function train(runtime: Runtime, job: TrainingJob): Promise<TrainingOutcome> {
  const run = new TrainingLoop(runtime, job);
  try {
    return await run.run();
  } catch (error) {
    run.disposeState();
    throw error;
  } finally {
    run.dispose();
  }
}

class TrainingLoop {
  readonly #runtime: Runtime;
  readonly #job: TrainingJob;
  readonly #batches: BatchSource;
  readonly #state: TrainingState;
  readonly #bank: Tensor2D | null;
  readonly #step: TrainingStep;
  readonly #meter: EpochMeter;
  #position: Position;
  #best: BestValidation | null;
  #validationsWithoutGain: number;
  #hasCheckpoint: boolean;

  constructor(runtime: Runtime, job: TrainingJob) {
    const { tf } = runtime;
    const { settings, data, resumeFrom } = job;
    this.#runtime = runtime;
    this.#job = job;
    const { batchSize } = settings.schedule;
    this.#batches = new BatchSource(data, { batchSize, flip: settings.flip, seed: settings.seed });
    this.#state = resumeFrom
      ? TrainingState.restore(runtime, settings, data.classes, resumeFrom.tensors)
      : TrainingState.initialise(runtime, settings, data.classes, teacherClassWeights(data));
    this.#state.objective.partition = resumeFrom?.header.partition ?? null;
    const { labels, embeddingSize, views, mined } = data;
    this.#bank =
      mined === null ? null : tf.keep(tf.tensor2d(views[0].embeddings, [labels.length, embeddingSize]));
    this.#step = new TrainingStep(runtime, settings, this.#state, this.#bank);
    this.#position = resumeFrom?.header.position ?? { epoch: 0, step: 0 };
    this.#best = resumeFrom?.header.best ?? null;
    this.#validationsWithoutGain = resumeFrom?.header.validationsWithoutGain ?? 0;
    this.#meter = new EpochMeter(this.#batches.batchSize, resumeFrom?.header.sums);
    this.#hasCheckpoint = resumeFrom !== null;
  }

  async run(): Promise<TrainingOutcome> {
    const { schedule } = this.#job.settings;
    let reason: StopReason | null = null;
    while (reason === null) {
      if (this.#position.epoch >= schedule.epochs) reason = 'finished';
      else if (this.#isOutOfPatience()) reason = 'no-gain';
      else reason = await this.#runEpoch();
    }
    const { epoch } = this.#position;
    await this.#job.onEvent({ kind: 'stopped', reason, epochs: epoch });
    const imagesPerSecond = this.#meter.overallImagesPerSecond;
    return { reason, epochs: epoch, best: this.#best, imagesPerSecond, state: this.#state };
  }

  /** The rest of the current epoch; a reason where training must stop. */
  async #runEpoch(): Promise<StopReason | null> {
    const { settings, signal } = this.#job;
    const { epoch } = this.#position;
    const { stepsPerEpoch } = this.#batches;
    const learningRate = learningRateAt(settings.schedule, epoch);
    while (this.#position.step < stepsPerEpoch) {
      await nextTurn();
      if (signal.aborted) {
        await this.#save('last');
        return 'cancelled';
      }
      const { step } = this.#position;
      const startedMs = performance.now();
      this.#meter.hold(this.#step.run(this.#batches.at(epoch, step), learningRate));
      this.#meter.countStep(performance.now() - startedMs);
      this.#position = { epoch, step: step + 1 };
      const isEpochEnd = step + 1 === stepsPerEpoch;
      if ((step + 1) % READ_EVERY_STEPS === 0 || isEpochEnd) await this.#report(learningRate);
      if ((step + 1) % settings.checkpointEverySteps === 0 && !isEpochEnd) await this.#save('last');
    }
    const endedMs = performance.now();
    await this.#finishEpoch(epoch, learningRate);
    this.#meter.countEnding(performance.now() - endedMs);
    return null;
  }

  /** Announces the steps since the last report; stops where their loss is not a number. */
  async #report(learningRate: number): Promise<void> {
    const { settings, onEvent } = this.#job;
    const { epoch, step } = this.#position;
    const { stepsPerEpoch } = this.#batches;
    const values = this.#meter.takeGroup(readStep);
    if (!isFiniteLoss(values)) await this.#stopNotFinite();
    const epochsLeft = settings.schedule.epochs - epoch;
    await onEvent({
      kind: 'step',
      epoch,
      step,
      stepsPerEpoch,
      learningRate,
      values,
      imagesPerSecond: this.#meter.recentImagesPerSecond,
      etaSeconds: this.#meter.secondsFor(epochsLeft * stepsPerEpoch - step, epochsLeft),
      rssMb: process.memoryUsage.rss() / 2 ** 20,
    });
  }

  async #finishEpoch(epoch: number, learningRate: number): Promise<void> {
    const { settings, validate, onEvent } = this.#job;
    const { averages, imagesPerSecond, seconds } = this.#meter.finishEpoch();
    this.#position = { epoch: epoch + 1, step: 0 };
    const isLast = epoch + 1 === settings.schedule.epochs;
    const isDue = isLast || (epoch + 1) % settings.validateEveryEpochs === 0;
    const validation = validate !== null && isDue ? await this.#validate(validate) : null;
    const isBest = validation !== null && (this.#best === null || validation.score > this.#best.score);
    if (isBest) this.#best = { epoch, score: validation.score };
    if (validation !== null) this.#validationsWithoutGain = isBest ? 0 : this.#validationsWithoutGain + 1;
    const rssMb = process.memoryUsage.rss() / 2 ** 20;
    await onEvent({
      kind: 'epoch',
      epoch,
      learningRate,
      averages,
      imagesPerSecond,
      seconds,
      rssMb,
      validation,
    });
    await this.#save('last');
    if (isBest) await this.#save('best');
  }

  #isOutOfPatience(): boolean {
    const { patience } = this.#job.settings;
    return patience !== null && this.#validationsWithoutGain >= patience;
  }

  async #validate(validate: (embedder: Embedder) => Promise<Validation>): Promise<Validation> {
    const { network, statistics } = this.#state;
    const embedder = createEmbedder(this.#runtime, {
      card: { spec: this.#job.settings.network },
      parameters: network.parameters.toPlain(),
      statistics: statistics.toPlain(),
    });
    try {
      return await validate(embedder);
    } finally {
      embedder.dispose();
    }
  }

  /** Leaves the checkpoints, from before the bad step, as they are. */
  async #stopNotFinite(): Promise<never> {
    const { epoch, step } = this.#position;
    await this.#job.onEvent({ kind: 'stopped', reason: 'not-finite', epochs: epoch });
    const path = checkpointPath(this.#job.runFolder, 'last');
    const kept = this.#hasCheckpoint ? ` (the last good checkpoint stays at ${path})` : '';
    throw new GlimpseError(
      'not-finite',
      `training is no longer finite at epoch ${epoch + 1}, step ${step}: ` +
        `train with a lower --learning-rate or with --clip${kept}`,
    );
  }

  async #save(name: 'last' | 'best'): Promise<void> {
    const { settings, data, dataFingerprint, teacherDigest, runFolder, onEvent } = this.#job;
    const sums = this.#meter.sums(readStep);
    const tensors = this.#state.toTensors();
    const isSound = (sums.epoch.steps === undefined || isFiniteLoss(sums.epoch)) && isFiniteState(tensors);
    if (!isSound) await this.#stopNotFinite();
    const header: CheckpointHeader = {
      version: 1,
      settings,
      position: this.#position,
      classes: data.classes,
      dataFingerprint,
      teacherDigest,
      partition: this.#state.objective.partition,
      best: this.#best,
      validationsWithoutGain: this.#validationsWithoutGain,
      sums,
    };
    const path = checkpointPath(runFolder, name);
    await saveCheckpoint(path, { header, tensors });
    this.#hasCheckpoint = true;
    await onEvent({ kind: 'checkpoint', path, ...this.#position });
  }

  dispose(): void {
    this.#step.dispose();
    this.#bank?.dispose();
  }

  disposeState(): void {
    this.#state.dispose();
  }
}

/** Sums and means alike: one bad step makes them bad. */
function isFiniteLoss({ total, gradientNorm }: Readonly<Record<string, number>>): boolean {
  return Number.isFinite(total) && Number.isFinite(gradientNorm);
}
