// Spaces of the chosen gallery: which one is looked at, what makes another, whether it would help, and the switch.

import type { Api } from '../api/bridge.ts';
import type { CompareSpacesResult, Figure, Request, SpaceView } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import { spaceName } from '../lib/space-label.ts';
import type { Galleries } from './galleries.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { CompareSpacesResult, SpaceView };
export type SpaceDialog = 'calibrate' | 'embed' | 'delete';

type Started = 'gallery.calibrate' | 'gallery.embed' | 'gallery.compare-spaces' | 'gallery.measure-scores';

export class GallerySpaces {
  dialog: SpaceDialog | null = $state(null);
  chosen: number | null = $state(null);
  figures: readonly Figure[] = $state.raw([]);
  layersProblem: string | null = $state(null);
  cameras: readonly { readonly name: string; readonly faces: number }[] = $state.raw([]);
  readonly all: readonly SpaceView[] = $derived.by(() => this.#galleries.current?.spaces ?? []);
  /** The chosen one; else the newest that does not answer; else the one that does. */
  readonly selected: SpaceView | null = $derived(
    this.all.find(({ id }) => id === this.chosen) ??
      this.all.findLast(({ isActive }) => !isActive) ??
      this.all.at(-1) ??
      null,
  );
  /** What answers on the side of the selected one; across sides where that side has none. */
  readonly answering: SpaceView | null = $derived(
    this.all.find(({ isActive, side }) => isActive && side === this.selected?.side) ??
      this.all.find(({ isActive }) => isActive) ??
      null,
  );
  /** Of the selected one with the one that answers, as last made. */
  readonly comparison: { readonly value: CompareSpacesResult; readonly endedAt: string } | null = $derived.by(
    () => {
      const [before, after] = [this.answering?.id, this.selected?.id];
      const gallery = this.gallery;
      if (gallery === null) return null;
      const isOfBoth = (result: CompareSpacesResult): boolean =>
        result.before === before && result.after === after;
      return this.#jobs.lastOutcome('compare-spaces', gallery, isOfBoth);
    },
  );
  readonly #api: Api;
  readonly #galleries: Galleries;
  readonly #jobs: Jobs;
  readonly #toasts: Toasts;

  constructor(api: Api, galleries: Galleries, jobs: Jobs, toasts: Toasts) {
    this.#api = api;
    this.#galleries = galleries;
    this.#jobs = jobs;
    this.#toasts = toasts;
    jobs.onEnd(({ kind, subject, state, outcome }) => {
      if (subject !== this.gallery || (kind !== 'calibrate' && kind !== 'embed')) return;
      void galleries.refresh();
      if (state !== 'done') return;
      if (outcome?.kind === 'calibrate' || outcome?.kind === 'embed') this.chosen = outcome.value.space;
    });
  }

  get gallery(): string | null {
    return this.#galleries.current?.name ?? null;
  }

  /** A job; true where it was taken on. */
  async start<C extends Started>(channel: C, request: Omit<Request<C>, 'gallery'>): Promise<boolean> {
    const { gallery } = this;
    if (gallery === null) return false;
    try {
      await this.#api.call(channel, { ...request, gallery } as Request<C>);
      this.dialog = null;
      return true;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
      return false;
    }
  }

  async loadCameras(): Promise<void> {
    const { gallery } = this;
    if (gallery !== null) this.cameras = await this.#api.call('gallery.cameras', { gallery }).catch(() => []);
  }

  /** Charts of what FaceBN did in a space; none where it has no profile. */
  async loadLayers({ id, profile }: SpaceView): Promise<void> {
    const { gallery } = this;
    this.figures = [];
    this.layersProblem = null;
    if (gallery === null || profile === null) return;
    try {
      const { space, figures } = await this.#api.call('gallery.space-layers', { gallery, space: id });
      if (this.selected?.id === space) this.figures = figures;
    } catch (error) {
      this.layersProblem = messageOf(error);
    }
  }

  /** Lets a space answer; the message has the way back. */
  async use(space: SpaceView): Promise<void> {
    const before = this.all.find(({ isActive, side }) => isActive && side === space.side);
    if (!(await this.#galleries.activateSpace(space.id))) return;
    this.chosen = space.id;
    const text = words.spaces.helps;
    this.#toasts.tell(
      text.used(spaceName(space)),
      before === undefined ? null : { label: text.back(spaceName(before)), run: () => void this.use(before) },
    );
  }

  async remove(space: SpaceView): Promise<void> {
    const { gallery } = this;
    this.dialog = null;
    if (gallery === null) return;
    try {
      this.#galleries.current = await this.#api.call('gallery.delete-space', { gallery, space: space.id });
      this.chosen = null;
      this.#toasts.tell(words.spaces.removing.done(spaceName(space)));
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }
}
