// The galleries of this machine, the one that is chosen, and which of its spaces answers: every score depends on both.

import type { Api } from '../api/bridge.ts';
import type { GalleryOverview, GalleryRow, JobView, Side, SpaceView } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { soon } from '../lib/soon.ts';
import type { Preferences } from './preferences.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { GalleryOverview, GalleryRow, Side, SpaceView };

const REFRESH_AFTER_MS = 300;

export class Galleries {
  all: readonly GalleryRow[] = $state.raw([]);
  /** The chosen one; null while there is none, or it is being opened. */
  current: GalleryOverview | null = $state.raw(null);
  /** Its list has come, so that an empty one means something. */
  isLoaded = $state(false);
  /** The gallery that is being opened. */
  opening: string | null = $state(null);
  /** Why the last one could not be opened. */
  problem: string | null = $state(null);
  /** Spaces that answer, the low-resolution side first. */
  readonly active: readonly SpaceView[] = $derived(
    (this.current?.spaces ?? [])
      .filter(({ isActive }) => isActive)
      .sort((left, right) => right.side.localeCompare(left.side)),
  );
  /** Sides that answer. */
  readonly sides: readonly Side[] = $derived(this.active.map(({ side }) => side));
  readonly #api: Api;
  readonly #preferences: Preferences;
  readonly #toasts: Toasts;
  readonly #refreshing = soon(REFRESH_AFTER_MS, () => void this.refresh());

  constructor(api: Api, preferences: Preferences, toasts: Toasts) {
    this.#api = api;
    this.#preferences = preferences;
    this.#toasts = toasts;
    api.on('gallery.changed', ({ gallery }) => {
      if (gallery === this.current?.name) this.#refreshing.ask();
    });
  }

  /** Opens the gallery that was last chosen, or the only one there is. Throws where the host does not tell which there are. */
  async load(): Promise<void> {
    await this.#list();
    const last = this.#preferences.current.gallery;
    const chosen = this.all.find(({ name }) => name === last) ?? (this.all.length === 1 ? this.all[0] : null);
    if (chosen !== null && this.current === null) await this.choose(chosen.name);
  }

  async refreshList(): Promise<void> {
    try {
      await this.#list();
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  async choose(name: string): Promise<void> {
    this.opening = name;
    this.problem = null;
    try {
      const overview = await this.#api.call('galleries.open', { gallery: name });
      if (this.opening !== name) return;
      this.current = overview;
      await this.#preferences.change({ gallery: name });
    } catch (error) {
      this.problem = messageOf(error);
      this.#toasts.warn(this.problem);
    } finally {
      if (this.opening === name) this.opening = null;
    }
  }

  /** Makes an empty gallery and chooses it. Throws what the host says against its name. */
  async create(name: string): Promise<void> {
    this.current = await this.#api.call('galleries.create', { gallery: name });
    await Promise.all([this.refreshList(), this.#preferences.change({ gallery: name })]);
  }

  /** Lets go of the chosen one: another program may then open it. */
  async close(): Promise<void> {
    const name = this.current?.name;
    if (name === undefined) return;
    try {
      await this.#api.call('galleries.close', { gallery: name });
      this.current = null;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  /** The chosen one is no longer there. */
  async forget(): Promise<void> {
    this.current = null;
    await this.refreshList();
  }

  /** Starts the job. */
  exportTo(target: string): Promise<JobView> {
    return this.#api.call('gallery.export', { gallery: this.current?.name ?? '', target });
  }

  /** Starts the job. */
  importFrom(source: string, name: string): Promise<JobView> {
    return this.#api.call('galleries.import', { source, gallery: name });
  }

  /** True where it answers now. */
  async activateSpace(space: number): Promise<boolean> {
    if (this.current === null) return false;
    try {
      this.current = await this.#api.call('gallery.activate-space', { gallery: this.current.name, space });
      return true;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
      return false;
    }
  }

  async refresh(): Promise<void> {
    const name = this.current?.name;
    if (name === undefined) return;
    const overview = await this.#api.call('gallery.overview', { gallery: name }).catch(() => null);
    if (overview !== null && this.current?.name === name) this.current = overview;
  }

  async #list(): Promise<void> {
    this.all = await this.#api.call('galleries.list', {});
    this.isLoaded = true;
  }
}
