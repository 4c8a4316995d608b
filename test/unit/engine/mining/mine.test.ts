import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, type Matrix, matrix, normaliseRows, rowOf } from '../../../../src-main/common/matrix.ts';
import { type ProgressReport, ProgressToken } from '../../../../src-main/common/progress.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { benchMining } from '../../../../src-main/engine/mining/bench-mining.ts';
import { type MiningOptions, mineRelations } from '../../../../src-main/engine/mining/mine.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';

const { tf } = loadRuntime();
const HARD: MiningOptions = { negatives: 8, sampling: 'hard', seed: 1, positivesCap: 1000 };

function randomUnitRows(rows: number, columns: number, seed: number): Matrix {
  const rng = Rng.seeded(seed);
  return normaliseRows(
    matrix(
      Float32Array.from({ length: rows * columns }, () => rng.normal()),
      columns,
    ),
  );
}

/** Rows of four entries ±0.5: products are exact in float32 and take five values, so ties are everywhere. */
function tiedUnitRows(rows: number, seed: number): Matrix {
  const rng = Rng.seeded(seed);
  return matrix(
    Float32Array.from({ length: rows * 4 }, () => rng.int(2) - 0.5),
    4,
  );
}

/** Labels in no order, with singletons and one large identity. */
function mixedLabels(faces: number, seed: number): Int32Array {
  const rng = Rng.seeded(seed, 99);
  return Int32Array.from({ length: faces }, (_, face) => {
    if (face % 7 === 0) return -5 - face;
    return rng.next() < 0.1 ? 7_000_000 : rng.int(Math.ceil(faces / 4));
  });
}

/** Sorts all candidates of a face by the full definition: similarity, then face number. */
function naiveOrder(
  embeddings: Matrix,
  face: number,
  candidates: number[],
  order: 'similar' | 'dissimilar',
): number[] {
  const sign = order === 'similar' ? -1 : 1;
  const similarity = candidates.map((other) => dot(rowOf(embeddings, face), rowOf(embeddings, other)));
  return candidates
    .map((other, at) => ({ other, similarity: similarity[at] }))
    .sort((left, right) => sign * (left.similarity - right.similarity) || left.other - right.other)
    .map(({ other }) => other);
}

async function compareWithNaive(
  embeddings: Matrix,
  labels: Int32Array,
  options: MiningOptions,
): Promise<void> {
  const mined = await mineRelations(tf, embeddings, labels, options, ProgressToken.silent());
  const faces = [...labels.keys()];
  const { offsets, indices } = mined.positives;
  for (const face of faces) {
    const others = faces.filter((other) => labels[other] !== labels[face]);
    const negatives = naiveOrder(embeddings, face, others, 'similar').slice(0, options.negatives);
    const minedNegatives = mined.negatives.subarray(face * options.negatives, (face + 1) * options.negatives);
    assert.deepEqual([...minedNegatives], negatives, `negatives of face ${face}`);
    const same = faces.filter((other) => other !== face && labels[other] === labels[face]);
    const positives = naiveOrder(embeddings, face, same, 'dissimilar').slice(0, options.positivesCap);
    assert.deepEqual(
      [...indices.subarray(offsets[face], offsets[face + 1])],
      positives,
      `positives of face ${face}`,
    );
  }
}

test('mining equals a full sort where every similarity is distinct', async () => {
  await compareWithNaive(randomUnitRows(300, 64, 1), mixedLabels(300, 1), HARD);
});

test('mining equals a full sort where most similarities tie, across row blocks', async () => {
  await compareWithNaive(tiedUnitRows(700, 2), mixedLabels(700, 2), HARD);
});

test('ties keep the lowest face number across column blocks', async () => {
  const faces = 4096 + 300;
  const embeddings = matrix(new Float32Array(faces * 4).fill(0.5), 4);
  const labels = Int32Array.from({ length: faces }, (_, face) => (face < 4000 ? 0 : face));
  const mined = await mineRelations(tf, embeddings, labels, HARD, ProgressToken.silent());
  const expected = [4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007];
  assert.deepEqual([...mined.negatives.subarray(0, 8)], expected);
  const ofLast = [...mined.negatives.subarray((faces - 1) * 8)];
  assert.deepEqual(ofLast, [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('an identity larger than a block is ordered whole, and the cap keeps its hardest', async () => {
  const faces = 1300;
  const labels = Int32Array.from({ length: faces }, (_, face) => (face % 13 === 0 ? face : -1));
  const embeddings = tiedUnitRows(faces, 3);
  const mined = await mineRelations(
    tf,
    embeddings,
    labels,
    { ...HARD, positivesCap: 5 },
    ProgressToken.silent(),
  );
  const same = [...labels.keys()].filter((face) => labels[face] === -1);
  for (const face of [1, 640, 1299]) {
    const others = same.filter((other) => other !== face);
    const { offsets, indices } = mined.positives;
    const found = [...indices.subarray(offsets[face], offsets[face + 1])];
    assert.deepEqual(found, naiveOrder(embeddings, face, others, 'dissimilar').slice(0, 5));
  }
});

test('faces that are alone have no positive; all negatives may be asked for', async () => {
  const labels = Int32Array.of(3, 1, 2, 1);
  const embeddings = randomUnitRows(4, 8, 4);
  const mined = await mineRelations(
    tf,
    embeddings,
    labels,
    { ...HARD, negatives: 2 },
    ProgressToken.silent(),
  );
  assert.deepEqual([...mined.positives.offsets], [0, 0, 1, 1, 2]);
  assert.deepEqual([...mined.positives.indices], [3, 1]);
  assert.deepEqual([...mined.negatives.subarray(2, 4)].sort(), [0, 2]);
});

test('too few other identities is one sentence that names the numbers', async () => {
  const labels = Int32Array.of(1, 1, 1, 2);
  const mining = mineRelations(
    tf,
    randomUnitRows(4, 8, 5),
    labels,
    { ...HARD, negatives: 2 },
    ProgressToken.silent(),
  );
  await assert.rejects(mining, {
    code: 'bad-dataset',
    message: /face 0 has 1 faces of other identities, fewer than the 2/,
  });
});

test('rows that are not unit vectors are refused by number', async () => {
  for (const bad of [0.5, Number.NaN]) {
    const embeddings = randomUnitRows(20, 8, 6);
    embeddings.values[3 * 8] = bad + 2;
    const mining = mineRelations(
      tf,
      embeddings,
      Int32Array.from({ length: 20 }, (_, face) => face),
      HARD,
      ProgressToken.silent(),
    );
    await assert.rejects(mining, { code: 'bad-data', message: /face 3/ });
  }
});

test('random negatives are distinct, of other identities, uniform and seeded', async () => {
  const faces = 40;
  const labels = Int32Array.from({ length: faces }, (_, face) => face % 10);
  const embeddings = randomUnitRows(faces, 8, 7);
  const counts = new Map<number, number>();
  const draws = 400;
  for (let seed = 0; seed < draws; seed++) {
    const options: MiningOptions = { ...HARD, negatives: 9, sampling: 'random', seed };
    const mined = await mineRelations(tf, embeddings, labels, options, ProgressToken.silent());
    for (const face of labels.keys()) {
      const drawn = [...mined.negatives.subarray(face * 9, (face + 1) * 9)];
      assert.equal(new Set(drawn).size, 9);
      assert.ok(drawn.every((other) => other >= 0 && other < faces && labels[other] !== labels[face]));
      if (face === 13) for (const other of drawn) counts.set(other, (counts.get(other) ?? 0) + 1);
    }
  }
  // Each of 36 others is drawn with probability 9/36 in each of 400 draws: 100 ± 8.7; six standard errors.
  assert.equal(counts.size, 36);
  for (const [other, count] of counts)
    assert.ok(Math.abs(count - 100) < 52, `${other} was drawn ${count} times`);

  const again = async (seed: number): Promise<Int32Array> => {
    const options: MiningOptions = { ...HARD, sampling: 'random', seed };
    return (await mineRelations(tf, embeddings, labels, options, ProgressToken.silent())).negatives;
  };
  assert.deepEqual(await again(5), await again(5));
  assert.notDeepEqual(await again(5), await again(6));
});

test('mining reports progress, stops when cancelled and leaks no tensors', async () => {
  const embeddings = randomUnitRows(600, 16, 8);
  const labels = Int32Array.from({ length: 600 }, (_, face) => face >> 1);
  const before = tf.memory().numTensors;
  const reports: ProgressReport[] = [];
  const whole = new ProgressToken((report) => reports.push(report), new AbortController().signal);
  await mineRelations(tf, embeddings, labels, HARD, whole);
  const last = reports.at(-1);
  assert.deepEqual([last?.stage, last?.done, last?.total], ['mining hard negatives', 600, 600]);

  const controller = new AbortController();
  const stopping = new ProgressToken((report) => {
    if (report.stage === 'mining hard negatives') controller.abort();
  }, controller.signal);
  await assert.rejects(mineRelations(tf, embeddings, labels, HARD, stopping), { code: 'cancelled' });
  assert.equal(tf.memory().numTensors, before);
});

test('the benchmark reports its median, its baseline and the peak memory', async () => {
  const result = await benchMining(tf, { faces: 1200, n: 64, repeats: 3, seed: 1 });
  assert.equal(result.name, 'mining');
  assert.equal(result.unit, 'seconds');
  assert.ok(result.median > 0 && result.baseline !== null && result.baseline.median > 0);
  assert.equal(result.ratio, result.baseline.median / result.median);
  assert.ok(result.peakRssMb > 0);
});
