// Ablation plans of the Training place: those there are, and the one whose table is shown.

import type { Api } from '../api/bridge.ts';
import type { AblationAsked, AblationResult, AblationRowName } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import type { Jobs, JobView } from './jobs.svelte.ts';

export type { AblationResult, AblationRowName };

/** In the order of the paper's table. */
export const ABLATION_TABLE: readonly AblationRowName[] = [
  'cls',
  'cls-iid',
  'cls-rid',
  'cls-iid-rid',
  'face-bn',
];

export class Ablations {
  all: readonly AblationResult[] = $state.raw([]);
  selected: string | null = $state(null);
  problem: string | null = $state(null);
  readonly shown: AblationResult | null = $derived(
    this.all.find(({ name }) => name === this.selected) ?? null,
  );
  readonly #api: Api;
  readonly #jobs: Jobs;

  constructor(api: Api, jobs: Jobs) {
    this.#api = api;
    this.#jobs = jobs;
    jobs.onEnd(({ kind }) => {
      if (kind === 'ablation') void this.load();
    });
  }

  async load(): Promise<void> {
    this.all = await this.#api.call('training.ablations', {}).catch(() => this.all);
  }

  jobOf(name: string): JobView | null {
    return (
      this.#jobs.all.find(
        ({ kind, subject, endedAt }) => kind === 'ablation' && subject === name && endedAt === null,
      ) ?? null
    );
  }

  choose(name: string | null): void {
    this.selected = name;
    if (name !== null) void this.load();
  }

  /** Whether it was taken; `problem` says why not. */
  async start(asked: AblationAsked): Promise<boolean> {
    try {
      await this.#api.call('training.ablate', asked);
      this.problem = null;
      this.all = [...this.all, { name: asked.name, rows: [] }];
      this.selected = asked.name;
      return true;
    } catch (error) {
      this.problem = messageOf(error);
      return false;
    }
  }
}
