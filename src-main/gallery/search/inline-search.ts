// The same searches on the calling thread: for small galleries, one-shot commands and tests.

import { GlimpseError } from '../../common/errors.ts';
import type { VectorReader } from './re-rank.ts';
import { checkRequest } from './request.ts';
import { Scanner } from './scan.ts';
import { scanControl } from './scan-task.ts';
import { answersOf, checkReader, type SearchSpace } from './search-client.ts';
import { runSearch } from './searcher.ts';
import type { VectorStore } from './vector-store.ts';

/** @param readVectors where a compact store's float32 vectors are; an exact store needs none */
export function searchInline(store: VectorStore, readVectors?: VectorReader): SearchSpace {
  checkReader(store, readVectors);
  const scanner = new Scanner(store.layout);
  for (const { handle } of store.blocks) scanner.addBlock(handle);
  const detach = store.onGrowth((block) => scanner.addBlock(block));
  return {
    search: async (request, signal) => {
      checkRequest(request, store.dimension);
      if (signal?.aborted) throw new GlimpseError('cancelled', 'cancelled');
      const snapshot = store.pin();
      try {
        const outcome = await runSearch(scanner, request, snapshot, scanControl(), null);
        return await answersOf(outcome, request, store.dimension, readVectors);
      } finally {
        store.release(snapshot);
      }
    },
    detach,
  };
}
