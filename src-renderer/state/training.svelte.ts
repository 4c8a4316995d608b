// The Training place: the list of runs, which one is looked at, which are overlaid.

import type { Api } from '../api/bridge.ts';
import type { MinedSamples, RunDetail, RunRow, SampleFace, TrainingSettings } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import { Ablations } from './ablations.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import { RunCurves } from './run-curves.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';
import { TrainingForm } from './training-form.svelte.ts';

export type { MinedSamples, RunRow };

export class Training {
  runs: readonly RunRow[] = $state.raw([]);
  isLoaded = $state(false);
  problem: string | null = $state(null);
  /** Null shows the form of a new run. */
  selected: string | null = $state(null);
  overlaid: readonly string[] = $state.raw([]);
  dialog: 'branch' | 'delete' | null = $state(null);
  readonly form: TrainingForm;
  readonly curves: RunCurves;
  readonly ablations: Ablations;
  readonly #api: Api;
  readonly #toasts: Toasts;

  constructor(api: Api, jobs: Jobs, toasts: Toasts) {
    this.#api = api;
    this.#toasts = toasts;
    this.ablations = new Ablations(api, jobs);
    this.curves = new RunCurves(api);
    this.form = new TrainingForm(api, (run) => void this.#show(run));
    jobs.onEnd(({ kind, subject }) => {
      if (kind !== 'train') return;
      void this.load();
      void this.curves.load(subject);
    });
    api.on('training.event', ({ run, event }) => {
      const isNew = !this.runs.some(({ name }) => name === run);
      if (event.kind === 'epoch' || isNew) void this.load();
      // A row of a plan may be done once the next run begins.
      if (isNew) void this.ablations.load();
    });
  }

  async load(): Promise<void> {
    try {
      this.runs = await this.#api.call('runs.list', {});
      this.problem = null;
      this.isLoaded = true;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  choose(run: string | null): void {
    this.ablations.choose(null);
    this.selected = run;
    if (run !== null) void this.curves.load(run);
  }

  toggleOverlay(run: string): void {
    this.overlaid = this.overlaid.includes(run)
      ? this.overlaid.filter((name) => name !== run)
      : [...this.overlaid, run];
    if (this.overlaid.includes(run)) void this.curves.load(run);
  }

  /** Faces of a run's data as its networks saw them; `draw` chooses others. Throws with one sentence. */
  samplesOf({ data, settings }: RunDetail, draw: number): Promise<readonly SampleFace[]> {
    return this.#api.call('training.samples', { data: data.root, settings, draw });
  }

  /** Faces of a run with the positives and negatives mined for them; `draw` chooses others. Throws with one sentence. */
  minedOf(run: string, draw: number): Promise<MinedSamples> {
    return this.#api.call('runs.mined', { run, draw });
  }

  async resume(run: string): Promise<void> {
    await this.#try(() => this.#api.call('training.resume', { run }));
  }

  async branch(request: {
    readonly source: string;
    readonly checkpoint: 'last' | 'best';
    readonly run: string;
    readonly settings: TrainingSettings;
  }): Promise<boolean> {
    const isStarted = await this.#try(() => this.#api.call('training.branch', request));
    if (isStarted) await this.#show(request.run);
    return isStarted;
  }

  async remove(run: string): Promise<void> {
    await this.#try(async () => {
      const { item } = await this.#api.call('trash.put', { kind: 'run', name: run });
      this.#toasts.tell(words.training.deleteRun.done(run), {
        label: words.common.undo,
        run: () => void this.#restore(item),
      });
      this.overlaid = this.overlaid.filter((name) => name !== run);
      this.selected = null;
      await this.load();
    });
  }

  async #restore(item: string): Promise<void> {
    await this.#try(async () => {
      await this.#api.call('trash.restore', { item });
      await this.load();
    });
  }

  async #show(run: string): Promise<void> {
    await this.load();
    this.choose(run);
  }

  async #try(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
      return false;
    }
  }
}
