import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import {
  bootstrapInterval,
  quantileOfSorted,
  wilsonInterval,
} from '../../../src-main/evaluation/confidence.ts';
import { areaUnderRoc } from '../../../src-main/evaluation/roc.ts';
import { scoreSets } from '../../../src-main/evaluation/scores.ts';

test("Wilson's interval equals the roots of its defining equation, found by bisection", () => {
  // (p − k/n)² = z² p (1 − p) / n, the score test at its limit.
  const z = 1.959963984540054;
  for (const [successes, trials] of [
    [0, 10],
    [1, 10],
    [5, 10],
    [10, 10],
    [15, 1500],
    [2999, 3000],
  ]) {
    const excess = (p: number) => (p - successes / trials) ** 2 - (z * z * p * (1 - p)) / trials;
    const rootBetween = (inside: number, outside: number) => {
      let [near, far] = [inside, outside];
      for (let step = 0; step < 200; step++) {
        const middle = (near + far) / 2;
        if (excess(middle) > 0) far = middle;
        else near = middle;
      }
      return near;
    };
    const proportion = successes / trials;
    const { low, high } = wilsonInterval(successes, trials);
    assert.ok(Math.abs(low - rootBetween(proportion, 0)) < 1e-9, `low of ${successes}/${trials}`);
    assert.ok(Math.abs(high - rootBetween(proportion, 1)) < 1e-9, `high of ${successes}/${trials}`);
  }
});

test('Wilson at 5 of 10 is the published 0.237 … 0.763, ends are exact, levels nest', () => {
  const { low, high } = wilsonInterval(5, 10);
  assert.equal(low.toFixed(3), '0.237');
  assert.equal(high.toFixed(3), '0.763');
  assert.equal(wilsonInterval(0, 7).low, 0);
  assert.equal(wilsonInterval(7, 7).high, 1);
  assert.ok(wilsonInterval(3, 9, 0.99).low < wilsonInterval(3, 9, 0.95).low);
  assert.ok(wilsonInterval(3, 9, 0.95).low < wilsonInterval(3, 9, 0.9).low);
  for (const [successes, trials] of [
    [0, 0],
    [-1, 3],
    [4, 3],
    [Number.NaN, 3],
  ]) {
    assert.throws(() => wilsonInterval(successes, trials), { code: 'bad-data' });
  }
});

test('quantiles interpolate', () => {
  const sorted = Float64Array.of(1, 2, 4);
  assert.deepEqual(
    [0, 0.25, 0.5, 0.75, 1].map((fraction) => quantileOfSorted(sorted, fraction)),
    [1, 1.5, 2, 3, 4],
  );
});

test('the bootstrap repeats with its seed, keeps the class sizes and draws with replacement', () => {
  const sets = scoreSets([1, 2, 3, 4, 5], [0, 1, 2, 3]);
  let sawRepeat = false;
  const statistic = (sample: { genuine: Float64Array; impostor: Float64Array }) => {
    assert.equal(sample.genuine.length, 5);
    assert.equal(sample.impostor.length, 4);
    assert.deepEqual(sample.genuine, sample.genuine.slice().sort());
    assert.ok(sample.genuine.every((score) => sets.genuine.includes(score)));
    sawRepeat ||= new Set(sample.genuine).size < 5;
    return areaUnderRoc(sample);
  };
  const first = bootstrapInterval(sets, statistic, Rng.seeded(1), { replicates: 200 });
  assert.deepEqual(bootstrapInterval(sets, statistic, Rng.seeded(1), { replicates: 200 }), first);
  assert.notDeepEqual(bootstrapInterval(sets, statistic, Rng.seeded(2), { replicates: 200 }), first);
  assert.ok(sawRepeat);
  assert.throws(() => bootstrapInterval(sets, statistic, Rng.seeded(1), { replicates: 0 }), {
    code: 'bad-usage',
  });
});

test('the bootstrap of a mean is as wide as theory says', () => {
  // The mean of 400 uniform scores has a standard deviation of √(1/12/400) = 0.01443; 95 % is ± 1.96 of them.
  const rng = Rng.seeded(5);
  const genuine = Float64Array.from({ length: 400 }, () => rng.next());
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sets = scoreSets(genuine, [0]);
  const { low, high } = bootstrapInterval(sets, (sample) => mean(sample.genuine), Rng.seeded(6), {
    replicates: 2000,
  });
  assert.ok(low < mean(genuine) && mean(genuine) < high);
  assert.ok(Math.abs((high - low) / (2 * 1.96 * 0.01443) - 1) < 0.15);
});
