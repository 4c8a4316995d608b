// Clusters of the unknown in the chosen gallery: found by a job, shown as they stand, named one by one.

import type { Api } from '../api/bridge.ts';
import type {
  ClusterLimit,
  ClusterPageView,
  ClusterView,
  NewOwner,
  ReferenceFolder,
  Side,
} from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { Changes } from './changes.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { ClusterPageView, ClusterView, ReferenceFolder };

export type LimitChoice = keyof typeof words.people.clusters.limits;

const PAGE_CLUSTERS = 50;
const FIRST_SCORE = 0.5;

export class Clusters {
  page: ClusterPageView | null = $state.raw(null);
  problem: string | null = $state(null);
  limit: LimitChoice = $state('measured');
  score = $state(FIRST_SCORE);
  #shown = PAGE_CLUSTERS;
  #gallery: string | null = null;
  #side: Side = 'lr';
  #generation = 0;
  readonly #api: Api;
  readonly #changes: Changes;
  readonly #toasts: Toasts;

  constructor(api: Api, changes: Changes, toasts: Toasts) {
    this.#api = api;
    this.#changes = changes;
    this.#toasts = toasts;
  }

  async load(gallery: string, side: Side): Promise<void> {
    if (gallery !== this.#gallery) {
      this.page = null;
      this.#shown = PAGE_CLUSTERS;
    }
    this.#gallery = gallery;
    this.#side = side;
    this.#generation++;
    const generation = this.#generation;
    try {
      const page = await this.#api.call('gallery.clusters', { gallery, side, limit: this.#shown });
      if (generation !== this.#generation) return;
      this.page = page;
      this.problem = null;
    } catch (error) {
      if (generation === this.#generation) this.problem = messageOf(error);
    }
  }

  async more(): Promise<void> {
    this.#shown += PAGE_CLUSTERS;
    if (this.#gallery !== null) await this.load(this.#gallery, this.#side);
  }

  /** Starts the job. */
  async find(): Promise<void> {
    const gallery = this.#gallery;
    if (gallery === null) return;
    try {
      await this.#api.call('gallery.find-clusters', { gallery, side: this.#side, limit: this.#limit });
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  /** Starts the job that measures what scores mean; `reference` is for where few people are known. */
  async measure(reference: ReferenceFolder | null = null): Promise<void> {
    const gallery = this.#gallery;
    if (gallery === null) return;
    try {
      await this.#api.call('gallery.measure-scores', { gallery, side: this.#side, reference });
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  async name({ key }: ClusterView, owner: NewOwner, who: string): Promise<void> {
    const gallery = this.#gallery;
    if (gallery === null) return;
    const says = words.people.clusters.named(who);
    await this.#changes.run(
      gallery,
      () => this.#api.call('gallery.name-cluster', { gallery, key, owner }),
      says,
    );
  }

  get #limit(): ClusterLimit {
    if (this.limit === 'score') return { score: this.score };
    return { fmr: this.limit === 'measured' ? null : Number(this.limit) };
  }
}
