// Progress and cancellation of long work: one token goes in, reports come out.

import { GlimpseError } from './errors.ts';

/** One report: how far a named stage has come, and how long the rest will take at the pace so far. */
export interface ProgressReport {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly etaSeconds: number | null;
}

export type ProgressSink = (report: ProgressReport) => void;

const REPORT_EVERY_MS = 100;

/** Handed to long work: it opens stages, advances them and asks whether it should stop. */
export class ProgressToken {
  readonly signal: AbortSignal;
  readonly #sink: ProgressSink;

  constructor(sink: ProgressSink, signal: AbortSignal) {
    this.#sink = sink;
    this.signal = signal;
  }

  /** A token that reports nowhere and is never cancelled. */
  static silent(): ProgressToken {
    return new ProgressToken(() => {}, new AbortController().signal);
  }

  /** Where reports go, for passing them on as they are. */
  get sink(): ProgressSink {
    return this.#sink;
  }

  /** Throws `cancelled` once the signal is aborted. */
  throwIfCancelled(): void {
    if (this.signal.aborted) throw new GlimpseError('cancelled', 'cancelled');
  }

  /** Opens a stage of `total` units; `alreadyDone` units (from a cache or checkpoint) do not count for the pace. */
  stage(stage: string, total: number, unit: string, alreadyDone = 0): StageProgress {
    return new StageProgress(this.#sink, stage, total, unit, alreadyDone);
  }
}

export class StageProgress {
  readonly #sink: ProgressSink;
  readonly #stage: string;
  readonly #total: number;
  readonly #unit: string;
  readonly #first: number;
  readonly #startedMs = performance.now();
  #done: number;
  #reportedMs = Number.NEGATIVE_INFINITY;

  constructor(sink: ProgressSink, stage: string, total: number, unit: string, alreadyDone: number) {
    this.#sink = sink;
    this.#stage = stage;
    this.#total = total;
    this.#unit = unit;
    this.#first = alreadyDone;
    this.#done = alreadyDone;
    this.#report();
  }

  advance(units = 1): void {
    this.#done += units;
    const isDue = performance.now() - this.#reportedMs >= REPORT_EVERY_MS;
    if (isDue || this.#done >= this.#total) this.#report();
  }

  #report(): void {
    this.#reportedMs = performance.now();
    const pace = (this.#done - this.#first) / (this.#reportedMs - this.#startedMs);
    const etaSeconds = pace > 0 ? (this.#total - this.#done) / pace / 1000 : null;
    this.#sink({ stage: this.#stage, done: this.#done, total: this.#total, unit: this.#unit, etaSeconds });
  }
}
