// Recall of the compact mode on real embeddings: `node test/bench/search/compact-recall.ts GALLERY.f32[,MORE.f32…] PROBES.f32 [dimension]`.
// The files hold float32 unit rows, such as the views that a training keeps in <data folder>/cache/faces-*/teacher-*/.

import { readFileSync } from 'node:fs';
import { ensure } from '../../../src-main/common/errors.ts';
import { searchInline } from '../../../src-main/gallery/search/inline-search.ts';
import { VectorStore } from '../../../src-main/gallery/search/vector-store.ts';

const LIMIT = 10;
const ROWS_PER_WRITE = 1000;
const MOST_PROBES = 1000;

function readRows(path: string): Float32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

const [galleryPaths, probePath, dimensionText = '512'] = process.argv.slice(2);
ensure(
  probePath !== undefined,
  'bad-usage',
  'usage: compact-recall.ts GALLERY.f32[,MORE.f32…] PROBES.f32 [dimension]',
);
const dimension = Number(dimensionText);
const views = galleryPaths.split(',').map(readRows);
const vectors = views.flatMap((view) =>
  Array.from({ length: view.length / dimension }, (_, row) =>
    view.subarray(row * dimension, (row + 1) * dimension),
  ),
);

function filledStore(encoding: 'exact' | 'compact'): VectorStore {
  const store = new VectorStore({ dimension, encoding });
  for (let first = 0; first < vectors.length; first += ROWS_PER_WRITE) {
    store.write((writer) => {
      vectors.slice(first, first + ROWS_PER_WRITE).forEach((vector, index) => {
        writer.put(first + index, vector);
      });
    });
  }
  return store;
}

const probes = readRows(probePath).slice(0, MOST_PROBES * dimension);
const request = { probes, fusion: 'each', groupBy: 'face', limit: LIMIT } as const;
const exact = await searchInline(filledStore('exact')).search(request);
const reads: number[] = [];
const compact = await searchInline(filledStore('compact'), (ids) => {
  reads.push(ids.length);
  return ids.map((id) => vectors[id]);
}).search(request);

const found = exact.map(({ hits }, probe) => {
  const ids = new Set(compact[probe].hits.map(({ id }) => id));
  return hits.filter(({ id }) => ids.has(id)).length;
});
const result = {
  name: 'compact recall',
  rows: vectors.length,
  probes: exact.length,
  recallAt10: found.reduce((sum, count) => sum + count, 0) / (LIMIT * exact.length),
  surelyExact: compact.filter(({ isExact }) => isExact).length / exact.length,
  vectorsReadPerProbe: reads.reduce((sum, count) => sum + count, 0) / exact.length,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
