// Faces of the chosen gallery in an order: all their numbers, and the few that are in sight, read by pages.

import type { Api } from '../api/bridge.ts';
import type { FaceOrderAsked, GalleryFaceView } from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';

export type { GalleryFaceView };
export type Order = FaceOrderAsked['order'];

const PAGE_FACES = 100;
/** Pages that stay in memory: some screens around the sight. */
const MOST_PAGES = 60;

/** Where a grid was left. */
export interface GridPlace {
  /** px */
  readonly scrollTop: number;
  readonly cursor: number;
  /** Whether it was left for the face at the cursor. */
  readonly isOpened: boolean;
}

const TOP: GridPlace = { scrollTop: 0, cursor: 0, isOpened: false };

export class GalleryFaces {
  place = TOP;
  /** A million of them as an array would be looked through by every collection of garbage. */
  ids: Uint32Array = $state.raw(new Uint32Array());
  isLoaded = $state(false);
  problem: string | null = $state(null);
  order: Order = $state('enrolled');
  isDescending = $state(true);
  isKnown: boolean | null = $state(null);
  /** Faces of one person alone. */
  subject: { readonly id: number; readonly name: string } | null = $state.raw(null);
  /** Page → its faces, oldest first; replaced when one comes. */
  #pages: ReadonlyMap<number, readonly GalleryFaceView[]> = $state.raw(new Map());
  readonly #asked = new Set<number>();
  #gallery: string | null = null;
  /** Answers of an earlier order come too late. */
  #generation = 0;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** `keepsPages`: what is in sight stays until its new page is there. */
  async load(gallery: string, keepsPages = false): Promise<void> {
    if (gallery !== this.#gallery) {
      this.subject = null;
      this.place = TOP;
    }
    this.#gallery = gallery;
    this.#generation++;
    const generation = this.#generation;
    try {
      const ids = await this.#api.call('gallery.face-order', {
        gallery,
        order: this.order,
        isDescending: this.isDescending,
        filter: { isKnown: this.isKnown, subject: this.subject?.id ?? null },
      });
      if (generation !== this.#generation) return;
      this.#asked.clear();
      if (!keepsPages) this.#pages = new Map();
      this.ids = Uint32Array.from(ids);
      this.problem = null;
    } catch (error) {
      if (generation === this.#generation) this.problem = messageOf(error);
    }
    this.isLoaded = true;
  }

  async arrange(
    change: Partial<Pick<GalleryFaces, 'order' | 'isDescending' | 'isKnown' | 'subject'>>,
  ): Promise<void> {
    Object.assign(this, change);
    this.place = TOP;
    if (this.#gallery !== null) await this.load(this.#gallery);
  }

  /** Null until its page is there. */
  at(index: number): GalleryFaceView | null {
    return this.#pages.get(Math.floor(index / PAGE_FACES))?.[index % PAGE_FACES] ?? null;
  }

  /** The face that stands there now, whatever becomes of its page. */
  async find(index: number): Promise<GalleryFaceView | null> {
    const id = this.ids[index];
    const gallery = this.#gallery;
    if (gallery === null || id === undefined) return null;
    try {
      const [face] = await this.#api.call('gallery.faces', { gallery, ids: [id] });
      return face ?? null;
    } catch (error) {
      this.problem = messageOf(error);
      return null;
    }
  }

  /** Asks for what of a range is not there yet. */
  ensure(first: number, end: number): void {
    for (let page = Math.floor(first / PAGE_FACES); page * PAGE_FACES < end; page++) void this.#read(page);
  }

  async #read(page: number): Promise<void> {
    const gallery = this.#gallery;
    const ids = [...this.ids.subarray(page * PAGE_FACES, (page + 1) * PAGE_FACES)];
    if (gallery === null || ids.length === 0 || this.#asked.has(page)) return;
    this.#asked.add(page);
    const generation = this.#generation;
    try {
      const faces = await this.#api.call('gallery.faces', { gallery, ids });
      if (generation !== this.#generation) return;
      const pages = [...this.#pages, [page, faces] as const];
      for (const [old] of pages.slice(0, -MOST_PAGES)) this.#asked.delete(old);
      this.#pages = new Map(pages.slice(-MOST_PAGES));
    } catch (error) {
      this.#asked.delete(page);
      if (generation === this.#generation) this.problem = messageOf(error);
    }
  }
}
