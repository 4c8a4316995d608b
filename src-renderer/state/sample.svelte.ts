// The sample project: made for somebody who has no data, searched at once, taken away as a whole.

import type { Api } from '../api/bridge.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { Galleries } from './galleries.svelte.ts';
import type { Jobs, JobView } from './jobs.svelte.ts';
import type { Search } from './search.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

const PROBES_PER_PERSON = 3;
const PROBES = 12;

export class Sample {
  /** The probe picture that was taken last, from 1; 0 before the first. */
  probe = $state(0);
  readonly job: JobView | null;
  /** The chosen gallery holds drawn people. */
  readonly isShown: boolean;
  readonly hasMoreOfPerson: boolean = $derived(this.probe > 0 && this.probe % PROBES_PER_PERSON !== 0);
  readonly #api: Api;
  readonly #galleries: Galleries;
  readonly #search: Search;
  readonly #toasts: Toasts;
  /** This window has asked for it, and goes there when it is done. */
  #isAwaited = false;

  constructor(
    {
      api,
      jobs,
      galleries,
      search,
      toasts,
    }: {
      readonly api: Api;
      readonly jobs: Jobs;
      readonly galleries: Galleries;
      readonly search: Search;
      readonly toasts: Toasts;
    },
    goToSearch: () => void,
  ) {
    this.#api = api;
    this.#galleries = galleries;
    this.#search = search;
    this.#toasts = toasts;
    this.job = $derived(jobs.all.find(({ kind, endedAt }) => kind === 'sample' && endedAt === null) ?? null);
    this.isShown = $derived(galleries.current?.isDrawn ?? false);
    jobs.onEnd((job) => {
      if (job.outcome?.kind !== 'sample') return;
      if (this.#isAwaited) {
        goToSearch();
        void this.#open(job.outcome.value.gallery);
      } else void galleries.refreshList();
      this.#isAwaited = false;
    });
  }

  async start(): Promise<void> {
    this.#isAwaited = true;
    await this.#try(() => this.#api.call('sample.start', {}));
  }

  /** Another picture of the person who is looked for, beside those that are there. */
  async addPicture(): Promise<void> {
    await this.#take(this.probe + 1);
  }

  /** A probe of somebody else, in place of what is there. */
  async nextPerson(): Promise<void> {
    this.#search.probes.clear();
    const person = Math.ceil(this.probe / PROBES_PER_PERSON) % (PROBES / PROBES_PER_PERSON);
    await this.#take(person * PROBES_PER_PERSON + 1);
  }

  async remove(): Promise<void> {
    const gallery = this.#galleries.current?.name;
    if (gallery === undefined) return;
    await this.#try(async () => {
      const { item } = await this.#api.call('sample.remove', { gallery });
      this.#search.probes.clear();
      await this.#galleries.forget();
      await this.#search.run();
      this.#toasts.tell(words.sample.removed, {
        label: words.common.undo,
        run: () => void this.#restore(item, gallery),
      });
    });
  }

  async #open(gallery: string): Promise<void> {
    await this.#galleries.refreshList();
    await this.#galleries.choose(gallery);
    this.probe = 0;
    await this.nextPerson();
  }

  async #restore(item: string, gallery: string): Promise<void> {
    await this.#try(async () => {
      await this.#api.call('trash.restore', { item });
      await this.#galleries.refreshList();
      await this.#galleries.choose(gallery);
    });
  }

  async #take(at: number): Promise<void> {
    const { gallery, probes } = this.#search;
    if (gallery === null) return;
    await this.#try(async () => {
      await probes.read(() => this.#api.call('sample.probe', { gallery, at }));
      this.probe = at;
      await this.#search.run();
    });
  }

  async #try(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }
}
