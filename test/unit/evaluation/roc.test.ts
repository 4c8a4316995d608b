import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import { areaUnderRoc, equalErrorRate, rocCurve } from '../../../src-main/evaluation/roc.ts';
import { scoreSets } from '../../../src-main/evaluation/scores.ts';
import { ratesAt } from '../../../src-main/evaluation/thresholds.ts';
import { SCORE_EXAMPLES } from './score-examples.ts';

/** Mann–Whitney by counting every comparison. */
function naiveArea(genuine: readonly number[], impostor: readonly number[]): number {
  let wins = 0;
  for (const high of genuine) for (const low of impostor) wins += high > low ? 1 : high === low ? 0.5 : 0;
  return wins / (genuine.length * impostor.length);
}

/** Every operating point by counting, strictest first, then the crossing by bisection along each line. */
function naiveEqualErrorRate(genuine: readonly number[], impostor: readonly number[]): number {
  const thresholds = [...new Set([...genuine, ...impostor].map((score) => score + 0))];
  const points = [Number.POSITIVE_INFINITY, ...thresholds.sort((left, right) => right - left)].map(
    (threshold) => ({
      fmr: impostor.filter((score) => score >= threshold).length / impostor.length,
      fnmr: genuine.filter((score) => score < threshold).length / genuine.length,
    }),
  );
  const after = points.findIndex((point) => point.fmr >= point.fnmr);
  const [from, to] = [points[after - 1], points[after]];
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const share = (low + high) / 2;
    const gap = (1 - share) * (from.fmr - from.fnmr) + share * (to.fmr - to.fnmr);
    if (gap < 0) low = share;
    else high = share;
  }
  return from.fmr + high * (to.fmr - from.fmr);
}

test('area under the curve, worked by hand', () => {
  // Of six comparisons 0.8 wins three, 0.4 wins one and ties one: 4.5 / 6.
  assert.equal(areaUnderRoc(scoreSets([0.8, 0.4], [0.4, 0.3, 0.6])), 4.5 / 6);
  assert.equal(areaUnderRoc(scoreSets([0.5, 0.5], [0.5, 0.5, 0.5])), 0.5);
  assert.equal(areaUnderRoc(scoreSets([2, 3], [0, 1])), 1);
  assert.equal(areaUnderRoc(scoreSets([0, 1], [2, 3])), 0);
});

test('area under the curve equals the count of all comparisons', () => {
  for (const { name, genuine, impostor } of SCORE_EXAMPLES) {
    assert.equal(areaUnderRoc(scoreSets(genuine, impostor)), naiveArea(genuine, impostor), name);
  }
});

test('equal error rate, worked by hand', () => {
  assert.equal(equalErrorRate(scoreSets([2, 3], [0, 1])).rate, 0);
  assert.equal(equalErrorRate(scoreSets([0, 1], [2, 3])).rate, 1);
  // All tied: from (FMR 0, FNMR 1) straight to (1, 0).
  assert.equal(equalErrorRate(scoreSets([0.5], [0.5, 0.5])).rate, 0.5);
  // At 0.6 one of four impostors is accepted and one of four genuine rejected.
  const exact = equalErrorRate(scoreSets([0.5, 0.6, 0.7, 0.8], [0.1, 0.2, 0.3, 0.65]));
  assert.deepEqual(exact, { rate: 0.25, threshold: 0.6, fmr: 0.25, fnmr: 0.25 });
  // At 0.6: FMR 0, FNMR 1/2. At 0.5 a genuine and an impostor come in: FMR 1/3, FNMR 0. The line between them meets
  // FMR = FNMR at share s with s/3 = (1 − s)/2, s = 3/5: rate 1/5. The larger error is smaller at 0.5 (1/3).
  const between = equalErrorRate(scoreSets([0.6, 0.5], [0.5, 0.2, 0.1]));
  assert.ok(Math.abs(between.rate - 0.2) < 1e-15);
  assert.equal(between.threshold, 0.5);
  assert.equal(between.fmr, 1 / 3);
  assert.equal(between.fnmr, 0);
});

test('equal error rate equals the naive crossing, and its threshold has the rates it names', () => {
  for (const { name, genuine, impostor } of SCORE_EXAMPLES) {
    const sets = scoreSets(genuine, impostor);
    const eer = equalErrorRate(sets);
    assert.ok(Math.abs(eer.rate - naiveEqualErrorRate(genuine, impostor)) < 1e-12, name);
    const { fmr, fnmr } = ratesAt(sets, eer.threshold);
    assert.deepEqual([fmr, fnmr], [eer.fmr, eer.fnmr], name);
    for (const threshold of [...genuine, ...impostor]) {
      const other = ratesAt(sets, threshold);
      assert.ok(Math.max(other.fmr, other.fnmr) >= Math.max(fmr, fnmr), name);
    }
  }
});

test('a short curve holds every operating point', () => {
  const curve = rocCurve(scoreSets([0.8, 0.4], [0.4, 0.3]));
  assert.deepEqual([...curve.thresholds.subarray(1)], [0.8, 0.4, 0.3]);
  assert.ok(curve.thresholds[0] > 0.8);
  assert.deepEqual([...curve.fmr], [0, 0, 0.5, 1]);
  assert.deepEqual([...curve.fnmr], [1, 0.5, 0, 0]);
});

test('a long curve is thinned to exact points, keeps its ends and its corner at low FMR', () => {
  const rng = Rng.seeded(3);
  const draw = (mean: number) => Float64Array.from({ length: 20_000 }, () => mean + 0.2 * rng.normal());
  const sets = scoreSets(draw(1.5), draw(0));
  const curve = rocCurve(sets, 200);
  const points = curve.thresholds.length;
  assert.ok(points > 40 && points <= 201, `${points} points`);
  for (let point = 0; point < points; point++) {
    const rates = ratesAt(sets, curve.thresholds[point]);
    assert.deepEqual([curve.fmr[point], curve.fnmr[point]], [rates.fmr, rates.fnmr]);
  }
  assert.deepEqual([curve.fmr[0], curve.fnmr[0]], [0, 1]);
  assert.deepEqual([curve.fmr[points - 1], curve.fnmr[points - 1]], [1, 0]);
  for (const [low, high] of [
    [5e-5, 5e-4],
    [5e-4, 5e-3],
    [5e-3, 5e-2],
  ]) {
    const inDecade = [...curve.fmr].filter((fmr) => fmr >= low && fmr < high).length;
    assert.ok(inDecade >= 8, `${inDecade} points with FMR ${low} … ${high}`);
  }
  assert.throws(() => rocCurve(sets, 1), { code: 'bad-usage' });
});
