// Curves of runs: read from disk when a run is looked at, grown by its events while it trains, capped.

import type { Api } from '../api/bridge.ts';
import type { EpochEvent, RunDetail, StepEvent, TrainingEvent } from '../api/types.ts';

export type { EpochEvent, RunDetail, StepEvent };

/** Beyond it every other step is dropped: a curve on a 4K screen shows no more. */
const MOST_STEPS = 2000;

export class RunCurves {
  details: ReadonlyMap<string, RunDetail> = $state.raw(new Map());
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    api.on('training.event', ({ run, event }) => this.#grow(run, event));
  }

  /** A run that has no folder yet is silently absent: its events will bring it. */
  async load(run: string): Promise<void> {
    try {
      this.#set(run, await this.#api.call('runs.read', { run }));
    } catch {
      this.details = new Map([...this.details].filter(([name]) => name !== run));
    }
  }

  #grow(run: string, event: TrainingEvent): void {
    const detail = this.details.get(run);
    if (detail === undefined) {
      if (event.kind === 'step') void this.load(run);
      return;
    }
    if (event.kind === 'step') this.#set(run, { ...detail, steps: withStep(detail.steps, event) });
    if (event.kind === 'epoch') {
      const epochs = [...detail.epochs.filter(({ epoch }) => epoch !== event.epoch), event];
      this.#set(run, { ...detail, epochs });
    }
    if (event.kind === 'checkpoint' && detail.checkpoints.length === 0) void this.load(run);
  }

  #set(run: string, detail: RunDetail): void {
    this.details = new Map([...this.details, [run, detail]]);
  }
}

function withStep(steps: readonly StepEvent[], step: StepEvent): readonly StepEvent[] {
  const before = steps.filter((other) => positionOf(other) < positionOf(step));
  const all = [...before, step];
  return all.length > MOST_STEPS ? all.filter((_, at) => at % 2 === 1 || at === all.length - 1) : all;
}

/** In epochs, from 0. */
export function positionOf({ epoch, step, stepsPerEpoch }: StepEvent): number {
  return epoch + step / stepsPerEpoch;
}
