// The indexes of an open gallery: loaded when first asked for, and brought up to date after every commit.

import { ProgressToken } from '../../common/progress.ts';
import type { Space } from '../db/queries/spaces.ts';
import { type TouchedTrack, TouchLog } from '../db/touch-log.ts';
import type { Gallery } from '../gallery.ts';
import { GalleryIndex, type IndexOptions } from './gallery-index.ts';

interface Loaded {
  readonly index: Promise<GalleryIndex>;
  /** Null while it is being loaded. */
  ready: GalleryIndex | null;
  /** Touched since it began to load, or since it was last brought up to date. */
  readonly touched: Map<number, boolean>;
}

/** Dispose of it with `close`. */
export class LiveIndexes {
  readonly #gallery: Gallery;
  readonly #options: IndexOptions;
  readonly #log: TouchLog;
  readonly #stopListening: () => void;
  readonly #spaces = new Map<number, Loaded>();
  readonly #loading = new Set<Promise<unknown>>();

  constructor(gallery: Gallery, options: IndexOptions = {}) {
    this.#gallery = gallery;
    this.#options = options;
    this.#log = new TouchLog(gallery.database);
    this.#stopListening = gallery.onCommit(() => this.#catchUp());
  }

  /** The index of a space, as the database is now. Many may wait for one loading; the first one's progress hears of it. */
  async of(space: Space, progress: ProgressToken): Promise<GalleryIndex> {
    let loaded = this.#spaces.get(space.id);
    if (loaded === undefined) {
      loaded = this.#load(space, progress);
      this.#spaces.set(space.id, loaded);
    }
    let index: GalleryIndex;
    try {
      index = await loaded.index;
    } catch (error) {
      // A purge may have taken what was being read: it is read anew. What was touched by nobody is damaged.
      if (loaded.touched.size === 0) throw error;
      return this.of(space, progress);
    }
    this.#catchUp();
    return this.#spaces.get(space.id) === loaded ? index : this.of(space, progress);
  }

  /** Settle when nothing of the gallery is being read any more. */
  get loading(): readonly Promise<unknown>[] {
    return [...this.#loading];
  }

  /** Lets go of spaces that answer no more. */
  keepOnly(spaceIds: readonly number[]): void {
    for (const id of this.#spaces.keys()) if (!spaceIds.includes(id)) this.#drop(id);
  }

  /** What another connection has touched and committed, which this one's log does not see. */
  catchUpWith(touched: readonly TouchedTrack[]): void {
    this.#note(touched);
    this.#catchUp();
  }

  close(): void {
    this.#stopListening();
    for (const id of this.#spaces.keys()) this.#drop(id);
  }

  #load(space: Space, progress: ProgressToken): Loaded {
    // What was touched before concerns nobody who loads from now on.
    this.#catchUp();
    const { database } = this.#gallery;
    // One caller's cancellation must not take the index from the others that wait for it.
    const uncancelled = new ProgressToken(progress.sink, new AbortController().signal);
    const index = GalleryIndex.load(database, space, uncancelled, this.#options);
    const loaded: Loaded = { index, ready: null, touched: new Map() };
    this.#loading.add(index);
    index.then(
      (ready) => {
        this.#loading.delete(index);
        if (this.#spaces.get(space.id) === loaded) loaded.ready = ready;
        else ready.close();
      },
      () => {
        this.#loading.delete(index);
        if (this.#spaces.get(space.id) === loaded) this.#spaces.delete(space.id);
      },
    );
    return loaded;
  }

  #drop(spaceId: number): void {
    this.#spaces.get(spaceId)?.ready?.close();
    this.#spaces.delete(spaceId);
  }

  #note(all: readonly TouchedTrack[]): void {
    for (const { spaceId, trackId } of all) {
      for (const [id, { touched }] of this.#spaces) {
        if (spaceId !== 0 && spaceId !== id) continue;
        touched.set(trackId, touched.get(trackId) === true || spaceId !== 0);
      }
    }
  }

  #catchUp(): void {
    if (this.#gallery.database.inTransaction) return;
    this.#note(this.#log.drain());
    for (const [id, { ready, touched }] of this.#spaces) {
      if (ready === null || touched.size === 0) continue;
      const changes = new Map(touched);
      touched.clear();
      try {
        ready.sync(changes);
      } catch {
        // Half brought up to date it is of no use. The writer is not to blame: the next search loads anew, and tells what is wrong.
        this.#drop(id);
      }
    }
  }
}
