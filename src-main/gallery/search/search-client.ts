// The main thread's side of search: hands requests to the search thread and pins what they see until they are answered.

import { Worker } from 'node:worker_threads';
import { ensure, GlimpseError } from '../../common/errors.ts';
import type { FromSearchThread, SpaceMessage, ToSearchThread } from './protocol.ts';
import { closeAnswers, type VectorReader } from './re-rank.ts';
import { Replies } from './replies.ts';
import { checkRequest, type SearchAnswer, type SearchRequest } from './request.ts';
import { cancelScan, scanControl } from './scan-task.ts';
import type { SearchThreadData } from './search-thread.ts';
import type { SearchOutcome } from './searcher.ts';
import type { VectorStore } from './vector-store.ts';

/** Searches one vector store. */
export interface SearchSpace {
  /**
   * One answer per probe, or one in all under max fusion, over exactly what the store held at the call. Throws `bad-usage`,
   * `bad-data`, `not-finite`, and `cancelled` when the signal is aborted.
   */
  search(request: SearchRequest, signal?: AbortSignal): Promise<SearchAnswer[]>;
  /** Ends the searches' hold on the store. */
  detach(): void;
}

export interface SearchClientOptions {
  /** Scanning threads. */
  readonly threads: number;
}

/** One search thread with its helpers, for any number of spaces. Dispose of it with `close`. */
export class SearchClient {
  readonly #worker: Worker;
  readonly #replies: Replies<Extract<FromSearchThread, { kind: 'found' }>>;
  #nextSpace = 0;

  constructor({ threads }: SearchClientOptions) {
    ensure(
      Number.isInteger(threads) && threads >= 1,
      'bad-usage',
      `a search runs on 1 or more threads, not ${threads}`,
    );
    this.#worker = new Worker(new URL('./search-thread.ts', import.meta.url), {
      workerData: { threads } satisfies SearchThreadData,
    });
    this.#replies = new Replies(this.#worker, 'the search thread');
  }

  /**
   * Shares the store's memory with the search threads, what it grows by included.
   * @param readVectors where a compact store's float32 vectors are; an exact store needs none
   */
  attach(store: VectorStore, readVectors?: VectorReader): SearchSpace {
    checkReader(store, readVectors);
    const space = this.#nextSpace++;
    const blocks = store.blocks.map(({ handle }) => handle);
    this.#post({ kind: 'attach', space, layout: store.layout, blocks });
    const stopListening = store.onGrowth((block) => this.#post({ kind: 'grow', space, block }));
    return {
      search: async (request, signal) => {
        const outcome = await this.#search(space, store, request, signal);
        return answersOf(outcome, request, store.dimension, readVectors);
      },
      detach: () => {
        stopListening();
        this.#post({ kind: 'detach', space } satisfies SpaceMessage);
      },
    };
  }

  /** Ends the threads; searches that are still running fail with `cancelled`. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #search(
    space: number,
    store: VectorStore,
    request: SearchRequest,
    signal: AbortSignal | undefined,
  ): Promise<SearchOutcome> {
    checkRequest(request, store.dimension);
    if (signal?.aborted) throw new GlimpseError('cancelled', 'cancelled');
    const control = scanControl();
    const snapshot = store.pin();
    const cancel = (): void => cancelScan(control);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const reply = await this.#replies.request((id) =>
        this.#post({ kind: 'search', id, space, request, snapshot, control }),
      );
      return reply.outcome;
    } finally {
      signal?.removeEventListener('abort', cancel);
      store.release(snapshot);
    }
  }

  #post(message: ToSearchThread): void {
    this.#worker.postMessage(message);
  }
}

/** Throws `bad-usage` for a compact store without a reader. */
export function checkReader(store: VectorStore, readVectors: VectorReader | undefined): void {
  ensure(
    store.layout.encoding === 'exact' || readVectors !== undefined,
    'bad-usage',
    'a compact vector store can be searched only with a reader of its float32 vectors',
  );
}

/** Ranks what a compact store left open. */
export async function answersOf(
  outcome: SearchOutcome,
  request: SearchRequest,
  dimension: number,
  readVectors: VectorReader | undefined,
): Promise<SearchAnswer[]> {
  if (outcome.kind === 'ranked') return [...outcome.answers];
  return closeAnswers(request, outcome.answers, dimension, readVectors as VectorReader);
}
