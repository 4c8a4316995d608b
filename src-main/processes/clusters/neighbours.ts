// The most similar others of each of many vectors, exactly, by the scans that searches use.

import type { ProgressToken } from '../../common/progress.ts';
import type { NeighbourLists } from '../../gallery/clustering/average-linkage.ts';
import { searchInline } from '../../gallery/search/inline-search.ts';
import { VectorStore } from '../../gallery/search/vector-store.ts';

const PROBES_PER_SEARCH = 256;

/** @param perItem k; fewer where there are not as many above the threshold */
export async function nearestNeighbours(
  vectors: readonly Float32Array[],
  { dimension, perItem, threshold }: { dimension: number; perItem: number; threshold: number },
  progress: ProgressToken,
): Promise<NeighbourLists> {
  const items = new Int32Array(vectors.length * perItem).fill(-1);
  const scores = new Float32Array(items.length).fill(Number.NEGATIVE_INFINITY);
  const store = new VectorStore({ dimension });
  for (const [id, vector] of vectors.entries()) store.put(id, vector);
  const space = searchInline(store);
  const stage = progress.stage('comparing', vectors.length, 'tracks');
  try {
    for (let first = 0; first < vectors.length; first += PROBES_PER_SEARCH) {
      progress.throwIfCancelled();
      const part = vectors.slice(first, first + PROBES_PER_SEARCH);
      const probes = new Float32Array(part.length * dimension);
      for (const [at, vector] of part.entries()) probes.set(vector, at * dimension);
      // One more: each finds itself.
      const request = { probes, fusion: 'each', groupBy: 'face', limit: perItem + 1 } as const;
      const answers = await space.search({ ...request, minimumScore: threshold }, progress.signal);
      for (const [at, { hits }] of answers.entries()) {
        const others = hits.filter(({ id }) => id !== first + at).slice(0, perItem);
        for (const [rank, { id, score }] of others.entries()) {
          items[(first + at) * perItem + rank] = id;
          scores[(first + at) * perItem + rank] = score;
        }
      }
      stage.advance(part.length);
    }
  } finally {
    space.detach();
  }
  return { perItem, items, scores };
}
