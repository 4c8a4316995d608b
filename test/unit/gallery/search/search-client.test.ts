import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Matrix, rowOf } from '../../../../src-main/common/matrix.ts';
import { CHUNK_ROWS } from '../../../../src-main/gallery/search/layout.ts';
import type { SearchAnswer, SearchRequest } from '../../../../src-main/gallery/search/request.ts';
import { NO_ATTRIBUTES } from '../../../../src-main/gallery/search/row-attributes.ts';
import { SearchClient } from '../../../../src-main/gallery/search/search-client.ts';
import { VectorStore } from '../../../../src-main/gallery/search/vector-store.ts';
import { naiveOrder, randomUnitRows } from '../../../support/unit-rows.ts';

const DIMENSION = 64;
const TRACKS = 20;

function startClient(context: TestContext, threads: number): SearchClient {
  const client = new SearchClient({ threads });
  context.after(() => client.close());
  return client;
}

/** Ids from 0 on, in `TRACKS` tracks of equal size. */
function putAll(store: VectorStore, gallery: Matrix): void {
  store.write((writer) => {
    for (let row = 0; row < gallery.rows; row++) {
      writer.put(row, rowOf(gallery, row), { ...NO_ATTRIBUTES, trackId: 1 + (row % TRACKS) });
    }
  });
}

function ask(probes: Matrix, changes: Partial<SearchRequest> = {}): SearchRequest {
  return { probes: probes.values, fusion: 'each', groupBy: 'face', limit: 10, ...changes };
}

function assertNaive(answers: readonly SearchAnswer[], gallery: Matrix, probes: Matrix): void {
  answers.forEach(({ hits }, probe) => {
    assert.deepEqual(
      hits.map(({ id, score }) => [id, score]),
      naiveOrder(gallery, rowOf(probes, probe))
        .slice(0, hits.length)
        .map(({ row, score }) => [row, score]),
    );
    assert.equal(hits.length, 10);
  });
}

for (const threads of [1, 3]) {
  test(`${threads} threads find what a naive search finds, in a store that grows`, async (context) => {
    const client = startClient(context, threads);
    const store = new VectorStore({ dimension: DIMENSION, rowsPerBlock: CHUNK_ROWS });
    const space = client.attach(store);
    const gallery = randomUnitRows(5000, DIMENSION, 1);
    const probes = randomUnitRows(12, DIMENSION, 2);
    const empty = await space.search(ask(probes));
    assert.deepEqual(
      empty.map(({ hits }) => hits.length),
      new Array(12).fill(0),
    );
    putAll(store, gallery);
    assertNaive(await space.search(ask(probes)), gallery, probes);
    const one = randomUnitRows(1, DIMENSION, 3);
    const answers = await Promise.all([
      space.search(ask(one)),
      space.search(ask(one, { filter: { mask: store.maskOf([1, 2, 4000]) } })),
    ]);
    assertNaive(answers[0], gallery, one);
    assert.equal(answers[1][0].rowsSearched, 3);
  });
}

test('a search sees what was there when it was asked, whatever is written meanwhile', async (context) => {
  const client = startClient(context, 2);
  const store = new VectorStore({ dimension: DIMENSION, rowsPerBlock: 2 * CHUNK_ROWS });
  const space = client.attach(store);
  const probes = randomUnitRows(6, DIMENSION, 4);
  const contents = Array.from({ length: 6 }, (_, round) => randomUnitRows(3000, DIMENSION, 100 + round));
  putAll(store, contents[0]);
  const searches: Promise<SearchAnswer[]>[] = [];
  const groupSearches: Promise<SearchAnswer[]>[] = [];
  for (const next of contents.slice(1)) {
    searches.push(space.search(ask(probes)));
    groupSearches.push(space.search(ask(probes, { groupBy: 'track' })));
    // Every vector is replaced, and rows of earlier rounds are used again, while the searches run.
    putAll(store, next);
  }
  const answers = await Promise.all(searches);
  answers.forEach((answer, round) => {
    assertNaive(answer, contents[round], probes);
  });
  for (const { hits } of (await Promise.all(groupSearches)).flat()) {
    assert.deepEqual(
      hits.map(({ rowsInGroup }) => rowsInGroup),
      new Array(10).fill(3000 / TRACKS),
    );
  }
  // Nothing is pinned any more: the next write frees what was replaced.
  store.remove(0);
  assert.equal(store.rowsInUse, 2999);
});

test('writes go on while a search runs, and an added face is found at once', async (context) => {
  const client = startClient(context, 2);
  const store = new VectorStore({ dimension: DIMENSION });
  const space = client.attach(store);
  putAll(store, randomUnitRows(2000, DIMENSION, 5));
  const added = randomUnitRows(20, DIMENSION, 6);
  for (let row = 0; row < added.rows; row++) {
    store.put(9000 + row, rowOf(added, row));
    const probe = { ...added, values: rowOf(added, row).slice(), rows: 1 };
    const [{ hits, rowsSearched }] = await space.search(ask(probe));
    assert.equal(hits[0].id, 9000 + row);
    assert.equal(rowsSearched, 2001 + row);
  }
});

test('an aborted search ends as cancelled and the next one is answered', async (context) => {
  const client = startClient(context, 2);
  const store = new VectorStore({ dimension: DIMENSION });
  const space = client.attach(store);
  const gallery = randomUnitRows(4000, DIMENSION, 7);
  putAll(store, gallery);
  const probes = randomUnitRows(200, DIMENSION, 8);
  const controller = new AbortController();
  const search = space.search(ask(probes), controller.signal);
  controller.abort();
  await assert.rejects(search, { name: 'GlimpseError', code: 'cancelled' });
  const one = randomUnitRows(1, DIMENSION, 9);
  assertNaive(await space.search(ask(one)), gallery, one);
  await assert.rejects(space.search(ask(one), controller.signal), { code: 'cancelled' });
  // Cancelled searches hold no rows.
  store.remove(1);
  assert.equal(store.rowsInUse, 3999);
});

test('spaces do not mix, and a compact one is re-ranked from its reader', async (context) => {
  const client = startClient(context, 2);
  const small = randomUnitRows(1500, 32, 10);
  const large = randomUnitRows(1500, DIMENSION, 11);
  const smallStore = new VectorStore({ dimension: 32 });
  const largeStore = new VectorStore({ dimension: DIMENSION, encoding: 'compact' });
  putAll(smallStore, small);
  putAll(largeStore, large);
  const smallSpace = client.attach(smallStore);
  const largeSpace = client.attach(largeStore, async (ids) => ids.map((id) => rowOf(large, id)));
  const smallProbe = randomUnitRows(1, 32, 12);
  const largeProbe = randomUnitRows(1, DIMENSION, 13);
  const [ofSmall, ofLarge] = await Promise.all([
    smallSpace.search(ask(smallProbe)),
    largeSpace.search(ask(largeProbe)),
  ]);
  assertNaive(ofSmall, small, smallProbe);
  assertNaive(ofLarge, large, largeProbe);
  await assert.rejects(largeSpace.search(ask(smallProbe)), { code: 'bad-data' });
  largeSpace.detach();
  assertNaive(await smallSpace.search(ask(smallProbe)), small, smallProbe);
  assert.throws(() => client.attach(largeStore), { code: 'bad-usage' });
});

test('closing ends running and later searches as cancelled', async () => {
  const client = new SearchClient({ threads: 2 });
  const store = new VectorStore({ dimension: DIMENSION });
  putAll(store, randomUnitRows(3000, DIMENSION, 14));
  const space = client.attach(store);
  const running = space.search(ask(randomUnitRows(300, DIMENSION, 15)));
  const failed = assert.rejects(running, { code: 'cancelled' });
  await client.close();
  await failed;
  await assert.rejects(space.search(ask(randomUnitRows(1, DIMENSION, 16))), { code: 'cancelled' });
});

test('no thread is refused', () => {
  assert.throws(() => new SearchClient({ threads: 0 }), { code: 'bad-usage' });
});
