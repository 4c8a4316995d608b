import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import { comparePaired, mcNemar } from '../../../src-main/evaluation/paired-comparison.ts';

/** Twice the smaller tail, by adding up binomial chances. */
function naivePValue(left: number, right: number): number {
  const tosses = left + right;
  let chance = 2 ** -tosses;
  let tail = 0;
  for (let heads = 0; heads <= Math.min(left, right); heads++) {
    tail += chance;
    chance *= (tosses - heads) / (heads + 1);
  }
  return Math.min(1, 2 * tail);
}

/** Decisions of two models with so many pairs of each kind. */
function decisions(both: number, onlyFirst: number, onlySecond: number, neither: number) {
  const first = [
    ...Array(both).fill(1),
    ...Array(onlyFirst).fill(1),
    ...Array(onlySecond + neither).fill(0),
  ] as number[];
  const second = [
    ...Array(both).fill(1),
    ...Array(onlyFirst).fill(0),
    ...Array(onlySecond).fill(1),
    ...Array(neither).fill(0),
  ] as number[];
  return { first, second };
}

test("McNemar's test equals the sum of binomial chances", () => {
  for (const [left, right] of [
    [0, 0],
    [1, 0],
    [0, 6],
    [5, 5],
    [5, 6],
    [3, 14],
    [40, 71],
    [200, 260],
  ]) {
    const { first, second } = decisions(7, left, right, 3);
    const result = mcNemar(first, second);
    assert.deepEqual([result.onlyFirst, result.onlySecond], [left, right]);
    assert.ok(Math.abs(result.pValue - naivePValue(left, right)) < 1e-9, `${left} ${right} ${result.pValue}`);
  }
});

test('worked by hand: 1 against 9 disagreements', () => {
  // Two tails of (1 + 10) / 1024.
  const { first, second } = decisions(80, 1, 9, 10);
  const people = first.map((_, pair) => ({ leftSubject: pair, rightSubject: pair }));
  const result = comparePaired(first, second, people, Rng.seeded(1));
  assert.ok(Math.abs(result.pValue - 22 / 1024) < 1e-12);
  assert.equal(result.difference, -0.08);
  const interval = result.interval;
  assert.ok(interval !== null && interval.low < -0.08 && interval.high > -0.08 && interval.high < 0);
  assert.equal(comparePaired(first, second, null, Rng.seeded(1)).interval, null);
});

test('different numbers of pairs are refused', () => {
  assert.throws(() => mcNemar([1, 0], [1]), { code: 'bad-data', message: /not 2 and 1/ });
});
