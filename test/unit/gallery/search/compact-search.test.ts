import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Matrix, rowOf } from '../../../../src-main/common/matrix.ts';
import { searchInline } from '../../../../src-main/gallery/search/inline-search.ts';
import { CHUNK_ROWS } from '../../../../src-main/gallery/search/layout.ts';
import type { VectorReader } from '../../../../src-main/gallery/search/re-rank.ts';
import { VectorStore } from '../../../../src-main/gallery/search/vector-store.ts';
import { clusteredUnitRows, naiveOrder, randomUnitRows } from '../../../support/unit-rows.ts';

function compactStore(gallery: Matrix): VectorStore {
  const rowsPerBlock = 2 * CHUNK_ROWS;
  const store = new VectorStore({ dimension: gallery.columns, encoding: 'compact', rowsPerBlock });
  store.write((writer) => {
    for (let row = 0; row < gallery.rows; row++) writer.put(row, rowOf(gallery, row));
  });
  return store;
}

test('re-ranked answers equal a naive float64 search, and few vectors are read', async () => {
  for (const { gallery, asked } of [
    { gallery: randomUnitRows(10_000, 512, 1), asked: randomUnitRows(5, 512, 2) },
    { gallery: clusteredUnitRows(3000, 100, 40, 3), asked: clusteredUnitRows(5, 100, 40, 4) },
  ]) {
    let read = 0;
    const space = searchInline(compactStore(gallery), async (ids) => {
      read += ids.length;
      return ids.map((id) => rowOf(gallery, id));
    });
    const request = { probes: asked.values, fusion: 'each', groupBy: 'face', limit: 10 } as const;
    const answers = await space.search(request);
    answers.forEach(({ hits, isExact }, probe) => {
      const expected = naiveOrder(gallery, rowOf(asked, probe)).slice(0, 10);
      assert.deepEqual(
        hits.map(({ id, score }) => [id, score]),
        expected.map(({ row, score }) => [row, score]),
      );
      assert.ok(isExact);
    });
    assert.ok(read < 5 * 100, `${read} vectors were read for 5 × 10 hits`);
  }
});

test('max fusion and thresholds work on codes too', async () => {
  const gallery = clusteredUnitRows(3000, 128, 10, 5);
  const asked = clusteredUnitRows(2, 128, 10, 6);
  const orders = [0, 1].map((probe) => naiveOrder(gallery, rowOf(asked, probe)));
  const best = new Map<number, number>();
  for (const { row, score } of orders.flat()) best.set(row, Math.max(score, best.get(row) ?? -1));
  const minimumScore = 0.5;
  const expected = [...best].filter(([, score]) => score >= minimumScore).sort((a, b) => b[1] - a[1]);
  const space = searchInline(compactStore(gallery), (ids) => ids.map((id) => rowOf(gallery, id)));
  const [{ hits, rowsAbove }] = await space.search({
    probes: asked.values,
    fusion: 'max',
    groupBy: 'face',
    limit: 2000,
    minimumScore,
  });
  assert.ok(expected.length > 100 && expected.length < 2000);
  assert.deepEqual(
    hits.map(({ id, score }) => [id, score]),
    expected,
  );
  assert.ok(Math.abs((rowsAbove ?? 0) - expected.length) <= 0.02 * expected.length);
});

test('a vector that is gone from the database is left out', async () => {
  const gallery = randomUnitRows(500, 64, 7);
  const probe = randomUnitRows(1, 64, 8).values;
  const order = naiveOrder(gallery, probe);
  const reader: VectorReader = (ids) => ids.map((id) => (id === order[0].row ? null : rowOf(gallery, id)));
  const request = { probes: probe, fusion: 'each', groupBy: 'face', limit: 3 } as const;
  const [{ hits }] = await searchInline(compactStore(gallery), reader).search(request);
  assert.equal(hits[0].id, order[1].row);
});

test('says so when it could not read all that may be among the best', async () => {
  // 5,000 copies of one face: any of them may be the best.
  const one = randomUnitRows(1, 32, 9);
  const values = new Float32Array(5000 * 32);
  for (let row = 0; row < 5000; row++) values.set(one.values, 32 * row);
  const gallery = { ...one, values, rows: 5000 };
  let read = 0;
  const space = searchInline(compactStore(gallery), (ids) => {
    read += ids.length;
    return ids.map(() => one.values);
  });
  const request = { probes: one.values, fusion: 'each', groupBy: 'face', limit: 3 } as const;
  const [{ isExact }] = await space.search(request);
  assert.equal(isExact, false);
  assert.equal(read, 4096);
});

test('a compact store needs a reader', () => {
  assert.throws(() => searchInline(compactStore(randomUnitRows(1, 16, 10))), { code: 'bad-usage' });
});
