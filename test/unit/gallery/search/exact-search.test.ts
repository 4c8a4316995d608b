import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, type Matrix, rowOf } from '../../../../src-main/common/matrix.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { searchInline } from '../../../../src-main/gallery/search/inline-search.ts';
import { CHUNK_ROWS } from '../../../../src-main/gallery/search/layout.ts';
import type { SearchAnswer, SearchRequest } from '../../../../src-main/gallery/search/request.ts';
import { NO_ATTRIBUTES, type RowAttributes } from '../../../../src-main/gallery/search/row-attributes.ts';
import { VectorStore } from '../../../../src-main/gallery/search/vector-store.ts';
import { clusteredUnitRows, naiveOrder, randomUnitRows } from '../../../support/unit-rows.ts';

const LIMIT = 10;

function storeOf(
  gallery: Matrix,
  attributesOf: (row: number) => Partial<RowAttributes> = () => ({}),
  rowsPerBlock = 4 * CHUNK_ROWS,
): VectorStore {
  const store = new VectorStore({ dimension: gallery.columns, rowsPerBlock });
  store.write((writer) => {
    for (let row = 0; row < gallery.rows; row++) {
      writer.put(row, rowOf(gallery, row), { ...NO_ATTRIBUTES, ...attributesOf(row) });
    }
  });
  return store;
}

function ask(probes: Matrix, changes: Partial<SearchRequest> = {}): SearchRequest {
  return { probes: probes.values, fusion: 'each', groupBy: 'face', limit: LIMIT, ...changes };
}

function idsAndScores({ hits }: SearchAnswer): [number, number][] {
  return hits.map(({ id, score }) => [id, score]);
}

function naiveHits(gallery: Matrix, probe: Float32Array, limit = LIMIT): [number, number][] {
  return naiveOrder(gallery, probe)
    .slice(0, limit)
    .map(({ row, score }) => [row, score]);
}

// One probe and a few go by halves, many by codes made on the fly; 130 are more than one scan takes.
for (const probes of [1, 3, 20]) {
  test(`${probes} probes of 512 dimensions give what a naive float64 search of 20,000 vectors gives`, async () => {
    const gallery = randomUnitRows(20_000, 512, 1);
    const asked = randomUnitRows(probes, 512, 2);
    const answers = await searchInline(storeOf(gallery)).search(ask(asked));
    assert.equal(answers.length, probes);
    answers.forEach((answer, probe) => {
      assert.deepEqual(idsAndScores(answer), naiveHits(gallery, rowOf(asked, probe)));
      assert.equal(answer.rowsSearched, 20_000);
      assert.ok(answer.isExact && answer.rowsAbove === null);
    });
  });
}

test('more probes than one scan takes, other dimensions, close scores', async () => {
  for (const dimension of [2, 17, 100, 256]) {
    const gallery = clusteredUnitRows(3000, dimension, 5, dimension);
    const asked = clusteredUnitRows(130, dimension, 5, dimension + 1);
    const answers = await searchInline(storeOf(gallery)).search(ask(asked));
    answers.forEach((answer, probe) => {
      assert.deepEqual(idsAndScores(answer), naiveHits(gallery, rowOf(asked, probe)), `${dimension}`);
    });
  }
});

test('equal scores are ranked by the smaller id, also where they are cut off', async () => {
  const distinct = randomUnitRows(100, 64, 3);
  const gallery = { ...distinct, values: new Float32Array(3000 * 64), rows: 3000 };
  for (let row = 0; row < 3000; row++) gallery.values.set(rowOf(distinct, (row * 37) % 100), row * 64);
  for (const count of [1, 10]) {
    const asked = randomUnitRows(count, 64, 4);
    const answers = await searchInline(storeOf(gallery)).search(ask(asked, { limit: 40 }));
    answers.forEach((answer, probe) => {
      assert.deepEqual(idsAndScores(answer), naiveHits(gallery, rowOf(asked, probe), 40));
    });
  }
});

test('fewer rows than wanted, one row, no row', async () => {
  const asked = randomUnitRows(1, 32, 5);
  for (const rows of [0, 1, 5]) {
    const gallery = randomUnitRows(rows, 32, 6);
    const [answer] = await searchInline(storeOf(gallery)).search(ask(asked));
    assert.deepEqual(idsAndScores(answer), naiveHits(gallery, asked.values));
    assert.equal(answer.rowsSearched, rows);
  }
});

test('a threshold gives all above it up to the limit and counts the rest', async () => {
  const gallery = clusteredUnitRows(6000, 128, 3, 7);
  for (const count of [1, 8]) {
    const asked = clusteredUnitRows(count, 128, 3, 8);
    // A threshold that is a score itself: it counts as above.
    const minimumScore = naiveOrder(gallery, asked.values.subarray(0, 128))[700].score;
    const space = searchInline(storeOf(gallery));
    const answers = await space.search(ask(asked, { minimumScore, limit: 50 }));
    const whole = await space.search(ask(asked, { minimumScore, limit: 6000 }));
    answers.forEach((answer, probe) => {
      const above = naiveOrder(gallery, rowOf(asked, probe)).filter(({ score }) => score >= minimumScore);
      assert.equal(answer.rowsAbove, above.length);
      assert.deepEqual(
        answer.hits.map(({ id }) => id),
        above.slice(0, 50).map(({ row }) => row),
      );
      assert.deepEqual(
        whole[probe].hits.map(({ id }) => id),
        above.map(({ row }) => row),
      );
    });
    assert.equal(answers[0].rowsAbove, 701);
  }
});

test('max fusion takes the best score over all probes', async () => {
  const gallery = randomUnitRows(5000, 128, 9);
  for (const count of [2, 12]) {
    const asked = randomUnitRows(count, 128, 10);
    const expected = Array.from({ length: gallery.rows }, (_, row) => {
      const scores = Array.from({ length: count }, (_unused, probe) =>
        dot(rowOf(gallery, row), rowOf(asked, probe)),
      );
      return [row, Math.max(...scores)];
    })
      .sort((left, right) => right[1] - left[1])
      .slice(0, LIMIT);
    const facesBehindProbes = new Array<number>(count).fill(3);
    const answers = await searchInline(storeOf(gallery)).search(
      ask(asked, { fusion: 'max', facesBehindProbes }),
    );
    assert.equal(answers.length, 1);
    assert.deepEqual(idsAndScores(answers[0]), expected);
    assert.equal(answers[0].hits[0].facesBehindProbe, 3 * count);
  }
});

test('tracks and subjects are answered by their best face, with counts and margins', async () => {
  const gallery = randomUnitRows(4000, 128, 11);
  const rng = Rng.seeded(12);
  const tracks = Array.from({ length: 4000 }, () => rng.int(300));
  // Track 0 is none; every third track is of nobody known, subjects have several tracks.
  const labels = (row: number): Partial<RowAttributes> => ({
    trackId: tracks[row] || null,
    subjectId: tracks[row] % 3 === 0 ? null : 1 + (tracks[row] % 40),
  });
  const space = searchInline(storeOf(gallery, labels));
  for (const groupBy of ['track', 'subject'] as const) {
    const nameOf = (row: number): string => {
      const { trackId, subjectId } = labels(row);
      if (groupBy === 'subject' && subjectId) return `subject ${subjectId}`;
      return trackId ? `track ${trackId}` : `row ${row}`;
    };
    for (const count of [1, 9]) {
      const asked = randomUnitRows(count, 128, 13);
      const answers = await space.search(ask(asked, { groupBy }));
      answers.forEach((answer, probe) => {
        const seen = new Set<string>();
        const best = naiveOrder(gallery, rowOf(asked, probe)).filter(
          ({ row }) => !seen.has(nameOf(row)) && seen.add(nameOf(row)),
        );
        assert.deepEqual(
          answer.hits.map((hit) => [hit.id, hit.score, hit.rowsInGroup]),
          best.slice(0, LIMIT).map(({ row, score }) => {
            const size = tracks.filter((_, other) => nameOf(other) === nameOf(row)).length;
            return [row, score, size];
          }),
        );
        if (groupBy === 'subject') {
          answer.hits.forEach(({ margin, score }, index) => {
            assert.equal(margin, score - best[index + 1].score);
          });
        }
      });
    }
  }
});

test('filters leave rows out, however few are left', async () => {
  const gallery = randomUnitRows(6000, 64, 14);
  // Camera 1 has every row but a few, camera 2 one in a hundred, scattered and in runs.
  const cameraOf = (row: number): number => (row % 100 === 7 || (row > 3000 && row < 3010) ? 2 : 1);
  const space = searchInline(storeOf(gallery, (row) => ({ cameraId: cameraOf(row) })));
  for (const camera of [1, 2, 3]) {
    for (const count of [1, 7]) {
      const asked = randomUnitRows(count, 64, 15);
      const filter = { cameraIds: [camera], excludeIds: [7] };
      const answers = await space.search(ask(asked, { filter }));
      answers.forEach((answer, probe) => {
        const expected = naiveOrder(gallery, rowOf(asked, probe)).filter(
          ({ row }) => cameraOf(row) === camera && row !== 7,
        );
        assert.equal(answer.rowsSearched, expected.length);
        assert.deepEqual(
          answer.hits.map(({ id }) => id),
          expected.slice(0, LIMIT).map(({ row }) => row),
        );
      });
    }
  }
});

test('what is removed, replaced and added is searched as it is now', async () => {
  const gallery = randomUnitRows(2000, 48, 16);
  const fresh = randomUnitRows(3000, 48, 17);
  const store = storeOf(gallery, undefined, CHUNK_ROWS);
  const space = searchInline(store);
  const [probe] = [randomUnitRows(1, 48, 18)];
  for (let id = 0; id < 500; id++) store.remove(2 * id);
  store.write((writer) => {
    for (let id = 1500; id < 3000; id++) writer.put(id, rowOf(fresh, id));
  });
  const now = { ...fresh, values: fresh.values.slice() };
  now.values.set(gallery.values.subarray(0, 1500 * 48));
  const expected = naiveOrder(now, probe.values).filter(({ row }) => row >= 1000 || row % 2 === 1);
  const [answer] = await space.search(ask(probe));
  assert.deepEqual(
    answer.hits.map(({ id }) => id),
    expected.slice(0, LIMIT).map(({ row }) => row),
  );
  assert.equal(answer.rowsSearched, 2500);
});

test('rows that are gone or filtered out do not count for their group', async () => {
  const gallery = randomUnitRows(40, 16, 22);
  const store = storeOf(gallery, (row) => ({ trackId: 1 + (row % 2), quality: row < 20 ? 0.2 : 0.8 }));
  const space = searchInline(store);
  store.remove(20);
  store.remove(22);
  store.relabel(24, { trackId: 2 });
  const request = ask(randomUnitRows(1, 16, 23), { groupBy: 'track' });
  const countsOf = async (filter: SearchRequest['filter']): Promise<[number | null, number][]> => {
    const [{ hits }] = await space.search({ ...request, filter });
    return hits
      .map(({ attributes, rowsInGroup }): [number | null, number] => [attributes.trackId, rowsInGroup])
      .sort(([left], [right]) => (left ?? 0) - (right ?? 0));
  };
  assert.deepEqual(await countsOf(undefined), [
    [1, 17],
    [2, 21],
  ]);
  assert.deepEqual(await countsOf({ minimumQuality: 0.5 }), [
    [1, 7],
    [2, 11],
  ]);
});

test('a request that cannot be answered is refused', async () => {
  const space = searchInline(storeOf(randomUnitRows(10, 16, 19)));
  const probe = randomUnitRows(1, 16, 20);
  const twice = { ...probe, values: probe.values.map((value) => 2 * value) };
  for (const { request, code } of [
    { request: ask({ ...probe, values: probe.values.slice(1) }), code: 'bad-data' },
    { request: ask(twice), code: 'bad-data' },
    { request: ask({ ...probe, values: new Float32Array(0) }), code: 'bad-data' },
    { request: ask({ ...probe, values: probe.values.map(() => Number.NaN) }), code: 'not-finite' },
    { request: ask(probe, { limit: 0 }), code: 'bad-usage' },
    { request: ask(probe, { minimumScore: Number.NaN }), code: 'bad-usage' },
    { request: ask(probe, { facesBehindProbes: [1, 2] }), code: 'bad-usage' },
    { request: ask(probe, { filter: { capturedFromMs: 1, capturedUntilMs: 0 } }), code: 'bad-data' },
    { request: ask(randomUnitRows(129, 16, 21), { fusion: 'max' }), code: 'bad-usage' },
  ]) {
    await assert.rejects(space.search(request), { name: 'GlimpseError', code });
  }
  await assert.rejects(space.search(ask(probe), AbortSignal.abort()), { code: 'cancelled' });
});
