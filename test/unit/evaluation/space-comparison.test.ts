import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix, normalise } from '../../../src-main/common/matrix.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import type { ComparedItems } from '../../../src-main/evaluation/meaning/compared-items.ts';
import { compareSpaces, type SpaceComparison } from '../../../src-main/evaluation/space-comparison.ts';

const DIMENSION = 16;

/** `people` × 4 faces, each its person's direction and so much noise. The seed fixes people and noise. */
function madeSpace(people: number, noise: number, tracksPerPerson = 4): ComparedItems {
  const rng = Rng.seeded(3);
  const values = new Float32Array(people * 4 * DIMENSION);
  const [subjects, groups]: number[][] = [[], []];
  for (let person = 0; person < people; person++) {
    const own = Float32Array.from({ length: DIMENSION }, () => rng.normal());
    for (let face = 0; face < 4; face++) {
      const vector = normalise(own.map((value) => value + noise * rng.normal()));
      values.set(vector, subjects.length * DIMENSION);
      subjects.push(person);
      groups.push(person * 10 + (face % tracksPerPerson));
    }
  }
  return { vectors: matrix(values, DIMENSION), subjects, groups, faces: subjects.map(() => 1) };
}

function supported({ rates }: SpaceComparison, target: number) {
  const row = rates.find(({ targetFmr }) => targetFmr === target);
  assert.equal(row?.kind, 'supported');
  return row as Extract<typeof row, { kind: 'supported' }>;
}

/** Every pair, each threshold tried from the highest score down: what the comparison must give where it takes all pairs. */
function naiveRates({ vectors, subjects, groups }: ComparedItems, target: number) {
  const row = (at: number): Float32Array => vectors.values.subarray(at * DIMENSION, (at + 1) * DIMENSION);
  const [genuine, impostor]: number[][] = [[], []];
  for (let left = 0; left < vectors.rows; left++) {
    for (let right = left + 1; right < vectors.rows; right++) {
      if (groups[left] === groups[right]) continue;
      const score = row(left).reduce((sum, value, at) => sum + value * row(right)[at], 0);
      (subjects[left] === subjects[right] ? genuine : impostor).push(score);
    }
  }
  const scores = [...genuine, ...impostor].sort((one, other) => other - one);
  let best = Number.POSITIVE_INFINITY;
  for (const threshold of scores) {
    if (impostor.filter((score) => score >= threshold).length / impostor.length > target) break;
    best = threshold;
  }
  return {
    genuine: genuine.length,
    impostor: impostor.length,
    fnmr: genuine.filter((score) => score < best).length / genuine.length,
  };
}

test('rates are those of a naive count over all pairs', () => {
  const [before, after] = [madeSpace(24, 1.2), madeSpace(24, 0.6)];
  const result = compareSpaces(before, after, [0.1]);
  const [naiveBefore, naiveAfter] = [naiveRates(before, 0.1), naiveRates(after, 0.1)];
  assert.deepEqual([result.people, result.faces, result.genuinePeople], [24, 96, 24]);
  assert.deepEqual([result.genuinePairs, result.impostorPairs], [naiveBefore.genuine, naiveBefore.impostor]);
  assert.equal(result.pairsOfPeople, (24 * 23) / 2);
  const row = supported(result, 0.1);
  // Scores of the comparison are summed in float64, those above too, but in another order.
  assert.ok(Math.abs(row.before.fnmr - naiveBefore.fnmr) < 1.5 / naiveBefore.genuine);
  assert.ok(Math.abs(row.after.fnmr - naiveAfter.fnmr) < 1.5 / naiveBefore.genuine);
  assert.ok(row.before.fmr <= 0.1 && row.after.fmr <= 0.1);
});

test('a space with less noise misses fewer, and the interval of the change says so', () => {
  const row = supported(compareSpaces(madeSpace(60, 1.2), madeSpace(60, 0.6)), 0.1);
  assert.ok(row.after.fnmr < row.before.fnmr);
  assert.ok(Math.abs(row.change - (row.after.fnmr - row.before.fnmr)) < 1e-12);
  assert.ok(row.changeInterval.high < 0, JSON.stringify(row.changeInterval));
  assert.ok(row.onlyAfter > row.onlyBefore);
  const back = supported(compareSpaces(madeSpace(60, 0.6), madeSpace(60, 1.2)), 0.1);
  assert.ok(back.changeInterval.low > 0, 'and the other way round it is worse');
});

test('the same space twice changes nothing at all', () => {
  const space = madeSpace(30, 1);
  const row = supported(compareSpaces(space, space), 0.1);
  assert.deepEqual([row.change, row.onlyBefore, row.onlyAfter, row.pValue], [0, 0, 0, 1]);
  assert.deepEqual(row.changeInterval, { low: 0, high: 0 });
  assert.deepEqual(row.before, row.after);
});

test('what the people cannot support is refused with its reason', () => {
  const { rates } = compareSpaces(madeSpace(24, 1), madeSpace(24, 0.5));
  assert.deepEqual(
    rates.map(({ targetFmr, kind }) => [targetFmr, kind]),
    [
      [0.1, 'supported'],
      [0.01, 'refused'],
      [0.001, 'refused'],
      [0.0001, 'refused'],
    ],
  );
  const [, refused] = rates;
  assert.equal(
    refused.kind === 'refused' && refused.reason,
    'needs 1,000 different pairs of people, there are 276',
  );
});

test('too few people, or one track each, cannot tell', () => {
  const few = compareSpaces(madeSpace(19, 1), madeSpace(19, 1));
  assert.deepEqual([few.reason, few.rates], ['that takes 20 named people, there are 19', []]);
  const single = compareSpaces(madeSpace(24, 1, 1), madeSpace(24, 1, 1));
  assert.equal(single.genuinePairs, 0);
  assert.match(String(single.reason), /more than one track, there are 0$/);
});

test('other faces are refused, and spaces may have other dimensions', () => {
  const space = madeSpace(24, 1);
  assert.throws(() => compareSpaces(space, { ...space, groups: space.subjects }), { code: 'bad-data' });
  assert.throws(() => compareSpaces(space, madeSpace(25, 1)), { code: 'bad-data' });
});
