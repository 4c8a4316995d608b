import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, type Matrix, matrix, rowOf } from '../../../../src-main/common/matrix.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { scoreClustering } from '../../../../src-main/evaluation/clustering.ts';
import { falseMatchRateAt, scoreAtFmr } from '../../../../src-main/evaluation/meaning/false-match-rate.ts';
import { measureScoreMeaning } from '../../../../src-main/evaluation/score-meaning.ts';
import { clusterByAverageLinkage } from '../../../../src-main/gallery/clustering/average-linkage.ts';
import { makeFaces } from '../../../support/made-embeddings.ts';
import { itemsOf } from '../../../support/made-items.ts';
import { nearestNeighbours } from '../../../support/made-neighbours.ts';

/** Joins the pair of clusters with the highest average over all pairs of their items, as long as it reaches the threshold. */
function naiveAverageLinkage(vectors: Matrix, threshold: number, apart: readonly (readonly number[])[] = []) {
  let clusters = Array.from({ length: vectors.rows }, (_, item) => [item]);
  for (;;) {
    let best = { score: threshold, pair: [-1, -1] };
    for (let a = 0; a < clusters.length; a++) {
      for (let b = 0; b < a; b++) {
        const pairs = clusters[a].flatMap((x) => clusters[b].map((y) => [x, y]));
        if (pairs.some(([x, y]) => apart.some((two) => two.includes(x) && two.includes(y)))) continue;
        const sum = pairs.reduce((total, [x, y]) => total + dot(rowOf(vectors, x), rowOf(vectors, y)), 0);
        if (sum / pairs.length >= best.score) best = { score: sum / pairs.length, pair: [b, a] };
      }
    }
    if (best.pair[0] === -1) break;
    const [b, a] = best.pair;
    const joined = [...clusters[b], ...clusters[a]].sort((x, y) => x - y);
    clusters = [...clusters.filter((_, at) => at !== a && at !== b), joined];
  }
  return clusters.sort((x, y) => y.length - x.length || x[0] - y[0]);
}

test('equal to plain average linkage where every neighbour is listed', () => {
  for (let seed = 0; seed < 12; seed++) {
    const rng = Rng.seeded(seed);
    const { vectors } = makeFaces(rng, {
      faces: Array.from({ length: 14 }, () => 1 + rng.int(5)),
      dimension: 6,
      scatter: 0.9,
    });
    const neighbours = nearestNeighbours(vectors, vectors.rows - 1);
    for (const threshold of [0.3, 0.5, 0.7]) {
      const apart =
        seed % 2 === 0
          ? []
          : ([
              [0, 1],
              [2, 5],
              [7, 9],
            ] as const);
      const { members } = clusterByAverageLinkage({ vectors, neighbours, threshold, apart });
      assert.deepEqual(members, naiveAverageLinkage(vectors, threshold, apart), `seed ${seed}, ${threshold}`);
    }
  }
});

test('one look-alike pair does not chain two people together', () => {
  // Two tight groups of three, and one item of each that lie close: 40° apart, all others 80° and more.
  const degrees = [0, 5, 20, 60, 90, 95];
  const vectors = matrix(
    Float32Array.from(
      degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
    ),
    2,
  );
  const { members } = clusterByAverageLinkage({
    vectors,
    neighbours: nearestNeighbours(vectors, 5),
    threshold: 0.7,
  });
  assert.deepEqual(members, [
    [0, 1, 2],
    [3, 4, 5],
  ]);
});

test('people of many faces and of one are told apart with the threshold of a measured FMR', async () => {
  const rng = Rng.seeded(5);
  const known = makeFaces(rng, { faces: Array.from({ length: 200 }, () => 2), dimension: 64, scatter: 0.8 });
  const meaning = await measureScoreMeaning({ gallery: itemsOf(known), limits: { pairs: 100_000 }, rng });
  const sizes = Array.from({ length: 120 }, (_, person) => (person < 10 ? 40 : 1 + (person % 5)));
  const unknown = makeFaces(rng, { faces: sizes, dimension: 64, scatter: 0.8 });
  const point = scoreAtFmr(meaning.cells[0].impostors, meaning.cells[0].tail, 1e-3);
  assert.ok(point.kind === 'supported');
  const { clusterOf, members } = clusterByAverageLinkage({
    vectors: unknown.vectors,
    // Fewer neighbours than the largest people have faces.
    neighbours: nearestNeighbours(unknown.vectors, 16),
    threshold: point.threshold,
  });
  const scores = scoreClustering(clusterOf, unknown.subjects);
  const text = JSON.stringify({
    scores,
    fmr: falseMatchRateAt(meaning.cells[0].impostors, null, point.threshold),
  });
  assert.ok(scores.pairwise.precision > 0.99 && scores.pairwise.recall > 0.95, text);
  assert.ok(scores.bCubed.precision > 0.98 && scores.bCubed.recall > 0.95, text);
  assert.ok(
    members.slice(0, 10).every((items) => items.length > 35),
    'the ten seen most often come first',
  );
});

test('loners, no items and no neighbours are clusters too', () => {
  const vectors = matrix(Float32Array.of(1, 0, 0, 1), 2);
  const none = { perItem: 1, items: Int32Array.of(-1, -1), scores: new Float32Array(2) };
  assert.deepEqual(clusterByAverageLinkage({ vectors, neighbours: none, threshold: 0 }).members, [[0], [1]]);
  const empty = { perItem: 3, items: new Int32Array(0), scores: new Float32Array(0) };
  const nothing = { vectors: matrix(new Float32Array(0), 2), neighbours: empty, threshold: 0 };
  assert.deepEqual(clusterByAverageLinkage(nothing).members, []);
});

test('long work can be stopped, and lists that do not fit are refused', () => {
  const vectors = matrix(new Float32Array(2 * 3000).fill(Math.SQRT1_2), 2);
  const neighbours = {
    perItem: 1,
    items: Int32Array.from({ length: 3000 }, (_, item) => (item + 1) % 3000),
    scores: new Float32Array(3000).fill(1),
  };
  assert.throws(
    () =>
      clusterByAverageLinkage({
        vectors,
        neighbours,
        threshold: 0.5,
        checkpoint: () => {
          throw new Error('stopped');
        },
      }),
    /stopped/,
  );
  const short = { ...neighbours, scores: new Float32Array(1) };
  assert.throws(() => clusterByAverageLinkage({ vectors, neighbours: short, threshold: 0.5 }), {
    code: 'bad-data',
  });
  const wrong = { ...neighbours, items: neighbours.items.slice().fill(3000, 0, 1) };
  assert.throws(() => clusterByAverageLinkage({ vectors, neighbours: wrong, threshold: 0.5 }), {
    code: 'bad-data',
    message: /names item 3000/,
  });
  assert.throws(() => clusterByAverageLinkage({ vectors, neighbours, threshold: 0.5, apart: [[1, 1]] }), {
    code: 'bad-data',
  });
  assert.throws(() => clusterByAverageLinkage({ vectors, neighbours, threshold: Number.NaN }), {
    code: 'not-finite',
  });
});
