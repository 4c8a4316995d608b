// Clips as probes: which one is read, its tracks, and the one that is looked for.

import type { Api } from '../api/bridge.ts';
import type { ClipTrackView, ClipView } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import type { Galleries } from './galleries.svelte.ts';
import type { Jobs, JobView } from './jobs.svelte.ts';
import type { Search } from './search.svelte.ts';

export type { ClipTrackView, ClipView };

export class Clips {
  isAsking = $state(false);
  path = $state('');
  /** Of a folder of frames; null takes the times from names or EXIF data. */
  framesPerSecond: number | null = $state(null);
  everyNth = $state(1);
  problem: string | null = $state(null);
  /** The clip whose tracks are listed. */
  view: ClipView | null = $state.raw(null);
  chosen: number | null = $state(null);
  readonly job: JobView | null;
  readonly #api: Api;
  readonly #galleries: Galleries;
  readonly #search: Search;
  /** This window has asked for a clip: a job may end before its start is answered. */
  #isAwaited = false;

  constructor({
    api,
    jobs,
    galleries,
    search,
  }: {
    readonly api: Api;
    readonly jobs: Jobs;
    readonly galleries: Galleries;
    readonly search: Search;
  }) {
    this.#api = api;
    this.#galleries = galleries;
    this.#search = search;
    this.job = $derived(jobs.all.find(({ kind, endedAt }) => kind === 'clip' && endedAt === null) ?? null);
    jobs.onEnd((job) => {
      if (job.kind !== 'clip' || !this.#isAwaited) return;
      this.#isAwaited = false;
      if (job.outcome?.kind === 'clip') this.show(job.outcome.value);
      else if (job.state === 'failed') this.problem = job.message;
    });
  }

  /** `problem` is why it has to be chosen. */
  ask(problem: string | null = null): void {
    this.isAsking = true;
    this.problem = problem;
  }

  async read(): Promise<void> {
    const gallery = this.#search.gallery;
    if (gallery === null) return;
    this.problem = null;
    this.#isAwaited = true;
    try {
      const { path, framesPerSecond, everyNth } = this;
      const sides = this.#galleries.active.map(({ side }) => side);
      const side = sides.includes(this.#search.side) ? this.#search.side : (sides[0] ?? 'lr');
      this.view = null;
      await this.#api.call('clip.read', { gallery, path, side, framesPerSecond, everyNth });
      this.isAsking = false;
    } catch (error) {
      this.#isAwaited = false;
      this.problem = messageOf(error);
    }
  }

  /** The longest track is the likeliest to be meant. */
  show(view: ClipView): void {
    this.view = view;
    this.choose(view.tracks[0]);
  }

  choose(track: ClipTrackView): void {
    if (this.view === null) return;
    this.chosen = track.number;
    this.#search.probes.useTrack(this.view.name, track);
    void this.#search.run();
  }

  close(): void {
    this.view = null;
    this.chosen = null;
    this.problem = null;
    this.#search.probes.clear();
    void this.#search.run();
  }
}
