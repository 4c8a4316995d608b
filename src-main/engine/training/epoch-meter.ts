// Averages and speed of an epoch: scalars are collected step by step and read back in groups.

import type { Averages } from './events.ts';
import type { readStep, StepValues } from './step.ts';

/** Reads one step's scalars; passed in so that the meter itself needs no TensorFlow. */
type Reader = typeof readStep;

const RECENT_STEPS = 50;

export class EpochMeter {
  readonly #batchSize: number;
  readonly #held: StepValues[] = [];
  readonly #recentMs: number[] = [];
  #sums: Record<string, number>;
  #epochMs = 0;
  #epochSteps = 0;
  #overallMs = 0;
  #overallSteps = 0;

  /** `sums` is what an interrupted epoch had summed up. */
  constructor(batchSize: number, sums: Readonly<Record<string, number>>) {
    this.#batchSize = batchSize;
    this.#sums = { ...sums };
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

  /** Reads what is held, adds it to the epoch's sums and returns its mean. */
  read(reader: Reader): Averages {
    const group: Record<string, number> = {};
    const count = this.#held.length;
    for (const held of this.#held.splice(0)) {
      const { terms, ...rest } = reader(held);
      for (const [name, value] of Object.entries({ ...rest, ...terms }))
        group[name] = (group[name] ?? 0) + value;
    }
    for (const [name, value] of Object.entries(group)) this.#sums[name] = (this.#sums[name] ?? 0) + value;
    this.#sums.steps = (this.#sums.steps ?? 0) + count;
    return meanOf({ ...group, steps: count });
  }

  /** The epoch's sums so far, everything held included. */
  sums(reader: Reader): Record<string, number> {
    if (this.#held.length > 0) this.read(reader);
    return { ...this.#sums };
  }

  /** Closes the epoch; everything held must have been read. */
  finishEpoch(): { averages: Averages; imagesPerSecond: number; seconds: number } {
    const averages = meanOf(this.#sums);
    const seconds = this.#epochMs / 1000;
    const imagesPerSecond = (this.#epochSteps * this.#batchSize) / seconds;
    this.#sums = {};
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

function meanOf(sums: Readonly<Record<string, number>>): Averages {
  const { steps, ...rest } = sums;
  const means = Object.fromEntries(Object.entries(rest).map(([name, sum]) => [name, sum / steps]));
  return means as Averages;
}
