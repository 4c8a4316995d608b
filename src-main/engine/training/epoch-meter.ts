// Averages and speed of an epoch: scalars are collected step by step and read back in groups.

import type { Averages } from './events.ts';
import type { readStep, StepValues } from './step.ts';

/** Reads one step's scalars; passed in so that the meter itself needs no TensorFlow. */
type Reader = typeof readStep;

const RECENT_STEPS = 50;

/** Sums over steps by name, and `steps`, how many there were. */
export type StepSums = Readonly<Record<string, number>>;

/** What an interrupted epoch leaves behind: sums of the epoch, and of the group since the last report. */
export interface MeterSums {
  readonly epoch: StepSums;
  readonly group: StepSums;
}

export class EpochMeter {
  readonly #batchSize: number;
  readonly #held: StepValues[] = [];
  readonly #recentMs: number[] = [];
  #epoch: Record<string, number>;
  #group: Record<string, number>;
  #epochMs = 0;
  #epochSteps = 0;
  #overallMs = 0;
  #overallSteps = 0;
  #endingsMs = 0;
  #endings = 0;

  constructor(batchSize: number, interrupted: MeterSums = { epoch: {}, group: {} }) {
    this.#batchSize = batchSize;
    this.#epoch = { ...interrupted.epoch };
    this.#group = { ...interrupted.group };
  }

  hold(values: StepValues): void {
    this.#held.push(values);
  }

  countStep(durationMs: number): void {
    this.#epochMs += durationMs;
    this.#epochSteps += 1;
    this.#overallMs += durationMs;
    this.#overallSteps += 1;
    this.#recentMs.push(durationMs);
    if (this.#recentMs.length > RECENT_STEPS) this.#recentMs.shift();
  }

  /** What came after an epoch's last step: its validation and its checkpoints. */
  countEnding(durationMs: number): void {
    this.#endingsMs += durationMs;
    this.#endings += 1;
  }

  /** By the last fifty steps, and the ends of epochs so far. */
  secondsFor(steps: number, endings: number): number {
    const endingMs = this.#endings === 0 ? 0 : this.#endingsMs / this.#endings;
    return (steps * this.#batchSize) / this.recentImagesPerSecond + (endings * endingMs) / 1000;
  }

  /** Closes the group: reads what is held and returns the mean since the last call. */
  takeGroup(reader: Reader): Averages {
    this.#readHeld(reader);
    const averages = meanOf(this.#group);
    this.#group = {};
    return averages;
  }

  /** The sums so far, everything held included. */
  sums(reader: Reader): MeterSums {
    this.#readHeld(reader);
    return { epoch: { ...this.#epoch }, group: { ...this.#group } };
  }

  /** Step by step in order, so that an interrupted epoch adds up to the same bits. */
  #readHeld(reader: Reader): void {
    for (const held of this.#held.splice(0)) {
      const { terms, ...rest } = reader(held);
      for (const [name, value] of Object.entries({ ...rest, ...terms, steps: 1 })) {
        this.#epoch[name] = (this.#epoch[name] ?? 0) + value;
        this.#group[name] = (this.#group[name] ?? 0) + value;
      }
    }
  }

  /** Closes the epoch; everything held must have been read. The speed counts this sitting's steps, 0 where it had none. */
  finishEpoch(): { averages: Averages; imagesPerSecond: number; seconds: number } {
    const averages = meanOf(this.#epoch);
    const seconds = this.#epochMs / 1000;
    const imagesPerSecond = this.#epochSteps === 0 ? 0 : (this.#epochSteps * this.#batchSize) / seconds;
    this.#epoch = {};
    this.#group = {};
    this.#epochMs = 0;
    this.#epochSteps = 0;
    return { averages, imagesPerSecond, seconds };
  }

  get recentImagesPerSecond(): number {
    const sumMs = this.#recentMs.reduce((sum, durationMs) => sum + durationMs, 0);
    return (this.#recentMs.length * this.#batchSize * 1000) / sumMs;
  }

  get overallImagesPerSecond(): number {
    return this.#overallMs === 0 ? 0 : (this.#overallSteps * this.#batchSize * 1000) / this.#overallMs;
  }
}

function meanOf(sums: StepSums): Averages {
  const { steps, ...rest } = sums;
  const means = Object.fromEntries(Object.entries(rest).map(([name, sum]) => [name, sum / steps]));
  return means as Averages;
}
