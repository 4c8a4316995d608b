// The galleries that this process holds: opened once each, searched on shared threads, read at length on threads of their own.

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { activeSpace, type Side } from '../../gallery/db/queries/spaces.ts';
import { Gallery } from '../../gallery/gallery.ts';
import { fillThreadsFor } from '../../gallery/search/fill-threads.ts';
import type { Encoding } from '../../gallery/search/layout.ts';
import { LiveIndexes } from '../../gallery/search/live-indexes.ts';
import { SearchClient } from '../../gallery/search/search-client.ts';
import { VectorStore } from '../../gallery/search/vector-store.ts';
import { KeptReports } from './kept-reports.ts';
import { KeptSearches } from './kept-searches.ts';
import { readOnThread } from './read-on-thread.ts';
import type { ReaderJob, ReaderJobs } from './reader-jobs.ts';

const SIDES: readonly Side[] = ['lr', 'hr'];

export class OpenGallery {
  readonly number: number;
  readonly gallery: Gallery;
  readonly indexes: LiveIndexes;
  readonly searches = new KeptSearches();
  readonly reports = new KeptReports();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #admitted = new Set<Promise<unknown>>();
  /** Opens when what is alone is over; null while nothing is. */
  #door: Promise<void> | null = null;
  /** The last that asked to be alone. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(number: number, gallery: Gallery, search: SearchClient, encoding: Encoding) {
    this.number = number;
    this.gallery = gallery;
    this.indexes = new LiveIndexes(gallery, {
      encoding,
      loadingThreads: fillThreadsFor,
      attach: (store, readVectors) => search.attach(store, readVectors),
    });
  }

  /** A long read, while calls go on. */
  read<Job extends ReaderJob>(
    job: Job,
    params: ReaderJobs[Job]['params'],
    progress: ProgressToken,
  ): Promise<ReaderJobs[Job]['result']> {
    return this.#track(readOnThread(this.gallery.folder, job, params, progress));
  }

  /** What waits for the disk between crops and rows: a purge in between would take such crops for nobody's. */
  withCrops<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#track(work());
  }

  /** Runs a call, after what has to be alone; what has to be alone waits for it in turn. */
  admit<Result>(call: () => Result | Promise<Result>): Result | Promise<Result> {
    if (this.#door !== null) return this.#door.then(() => this.admit(call));
    const result = call();
    return result instanceof Promise ? this.#keep(this.#admitted, result) : result;
  }

  /**
   * Runs when nothing else is under way, one after another: what must be gone must neither be held back nor brought back. Calls are
   * let in until nothing long is left to wait for.
   */
  alone<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const before = this.#last;
    const result = (async () => {
      await before;
      await settled(() => [...this.#underWay, ...this.indexes.loading]);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#door = promise;
      try {
        await settled(() => [...this.#admitted, ...this.#underWay, ...this.indexes.loading]);
        return await work();
      } finally {
        this.#door = null;
        resolve();
      }
    })();
    this.#last = result.catch(() => {});
    return result;
  }

  /** Lets go of the memory of spaces that no longer answer. */
  forgetInactive(): void {
    const active = SIDES.map((side) => activeSpace(this.gallery.database, side)?.id);
    this.indexes.keepOnly(active.filter((id) => id !== undefined));
  }

  async close(): Promise<void> {
    await this.alone(() => {
      this.indexes.close();
      this.gallery.close();
    });
  }

  #track<Result>(work: Promise<Result>): Promise<Result> {
    return this.#keep(this.#underWay, work);
  }

  #keep<Result>(among: Set<Promise<unknown>>, work: Promise<Result>): Promise<Result> {
    among.add(work);
    const forget = (): void => void among.delete(work);
    work.then(forget, forget);
    return work;
  }
}

/** Until there are none. */
async function settled(promises: () => readonly Promise<unknown>[]): Promise<void> {
  for (let all = promises(); all.length > 0; all = promises()) await Promise.allSettled(all);
}

export class OpenGalleries {
  readonly #open = new Map<number, OpenGallery>();
  readonly #search = new SearchClient({ threads: availableParallelism() });
  readonly #ready: Promise<unknown>;
  #opened = 0;

  /** Starts the search threads. */
  constructor() {
    this.#ready = this.#searchNothing();
    // Told to whoever waits; a process that is ended before it is up owes that to nobody.
    this.#ready.catch(() => {});
  }

  /** Settles when the search threads are up and have compiled what they run. */
  async ready(): Promise<void> {
    await this.#ready;
  }

  /** The same folder again gives what is open already. Throws what `Gallery.open` throws. */
  open(folder: string, actor: string, encoding: Encoding): OpenGallery {
    const known = this.at(folder);
    return known ?? this.#add(Gallery.open(resolve(folder), { actor, now: Date.now }), encoding);
  }

  create(folder: string, actor: string, encoding: Encoding): OpenGallery {
    return this.#add(Gallery.create(resolve(folder), { actor, now: Date.now }), encoding);
  }

  /** Null for a folder that this process does not hold. */
  at(folder: string): OpenGallery | null {
    const path = resolve(folder);
    return [...this.#open.values()].find(({ gallery }) => gallery.folder === path) ?? null;
  }

  /** Throws `not-found` for a number that is not, or no longer, of an open gallery. */
  of(number: number): OpenGallery {
    const open = this.#open.get(number);
    ensure(open !== undefined, 'not-found', `gallery ${number} is not open: open it again`);
    return open;
  }

  async close(number: number): Promise<void> {
    const open = this.of(number);
    this.#open.delete(number);
    await open.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((number) => this.close(number)));
    await this.#search.close();
  }

  async #searchNothing(): Promise<void> {
    const space = this.#search.attach(new VectorStore({ dimension: 1 }));
    await space.search({ probes: Float32Array.of(1), fusion: 'each', groupBy: 'face', limit: 1 });
    space.detach();
  }

  #add(gallery: Gallery, encoding: Encoding): OpenGallery {
    this.#opened++;
    const open = new OpenGallery(this.#opened, gallery, this.#search, encoding);
    this.#open.set(open.number, open);
    return open;
  }
}
