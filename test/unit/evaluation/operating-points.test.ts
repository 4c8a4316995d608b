import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wilsonInterval } from '../../../src-main/evaluation/confidence.ts';
import { impostorsNeededFor, operatingPointAt } from '../../../src-main/evaluation/operating-points.ts';
import { scoreSets } from '../../../src-main/evaluation/scores.ts';

const spread = (count: number) => Float64Array.from({ length: count }, (_, index) => index / count);

test('a supported target: counts, rates and intervals, worked by hand', () => {
  // Impostors 0, 0.001 … 0.999: FMR 0.01 allows ten, 0.990 … 0.999, so 0.989 must be rejected, and with it the genuine
  // score tied to it. The smallest score above is the genuine 0.9899.
  const point = operatingPointAt(scoreSets([0.5, 0.989, 0.9899, 1.5], spread(1000)), 0.01);
  assert.deepEqual(point, {
    kind: 'supported',
    targetFmr: 0.01,
    threshold: 0.9899,
    impostors: 1000,
    falseMatchesAllowed: 10,
    falseMatches: 10,
    fmr: 0.01,
    fmrInterval: wilsonInterval(10, 1000),
    genuines: 4,
    trueMatches: 2,
    tar: 0.5,
    tarInterval: wilsonInterval(2, 4),
  });
});

test('tied impostors: what is achieved stays below what is allowed', () => {
  const impostor = [...Array(11).fill(0.5), ...Array(89).fill(0.1)];
  const point = operatingPointAt(scoreSets([0.5, 0.6, 0.05], impostor), 0.1);
  assert.ok(point.kind === 'supported');
  assert.equal(point.falseMatchesAllowed, 10);
  assert.equal(point.falseMatches, 0);
  assert.equal(point.threshold, 0.6);
  assert.equal(point.tar, 1 / 3);
});

test('a target that the data cannot support is refused, with the rule', () => {
  const sets = scoreSets([1], spread(1500));
  assert.equal(operatingPointAt(sets, 0.1).kind, 'supported');
  assert.equal(operatingPointAt(sets, 0.01).kind, 'supported');
  assert.deepEqual(operatingPointAt(sets, 0.001), {
    kind: 'refused',
    targetFmr: 0.001,
    impostors: 1500,
    impostorsNeeded: 10_000,
    reason: 'FMR 0.001 needs at least 10000 impostor pairs (10 false matches), there are 1500',
  });
});

test('the limit is exact', () => {
  assert.equal(operatingPointAt(scoreSets([1], spread(99)), 0.1).kind, 'refused');
  assert.equal(operatingPointAt(scoreSets([1], spread(100)), 0.1).kind, 'supported');
  assert.deepEqual(
    [1, 0.1, 1e-2, 1e-3, 1e-4, 1e-6, 0.3].map(impostorsNeededFor),
    [10, 100, 1000, 10_000, 100_000, 10_000_000, 34],
  );
  for (const bad of [0, -0.1, 1.5, Number.NaN]) {
    assert.throws(() => operatingPointAt(scoreSets([1], [0]), bad), { code: 'bad-usage' });
  }
});
