import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clopperPearson } from '../../../../src-main/evaluation/count-intervals.ts';
import { falseMatchRateAt, scoreAtFmr } from '../../../../src-main/evaluation/meaning/false-match-rate.ts';
import type { ImpostorCurve } from '../../../../src-main/evaluation/meaning/impostor-curve.ts';

/** 1000 pairs: 0.9 once, 0.8 twice, 0.5 up to the tenth, 0.3 up to the hundredth, 0 all. */
const CURVE: ImpostorCurve = {
  pairs: 1000,
  people: 60,
  dyads: 700,
  scores: [0.9, 0.8, 0.5, 0.3, 0],
  counts: [1, 3, 10, 100, 1000],
  effectivePairs: [400, 400, 500, 600, 700],
};

test('a kept score has its count, and the interval of its independent pairs', () => {
  const rate = falseMatchRateAt(CURVE, null, 0.5);
  assert.deepEqual([rate.basis, rate.fmr, rate.falseMatches, rate.pairs], ['counted', 0.01, 10, 1000]);
  assert.deepEqual(rate.interval, clopperPearson(5, 500));
  assert.equal(falseMatchRateAt(CURVE, null, -0.7).fmr, 1);
});

test('between kept scores the count runs geometrically and never reaches the next', () => {
  const middle = falseMatchRateAt(CURVE, null, 0.4).falseMatches;
  assert.ok(Math.abs(middle - Math.sqrt(10 * 99)) < 1e-9, `${middle}`);
  assert.ok(falseMatchRateAt(CURVE, null, 0.3 + 1e-9).falseMatches < 99.001);
  // From 1 to 3 pairs: there may be one tied in between or not, so at most two.
  assert.ok(falseMatchRateAt(CURVE, null, 0.81).falseMatches <= 2);
  let last = 0;
  for (let score = 1; score >= -0.1; score -= 0.001) {
    const { falseMatches, interval } = falseMatchRateAt(CURVE, null, score);
    assert.ok(falseMatches >= last, `monotone at ${score}`);
    assert.ok(interval.low <= falseMatches / 1000 && falseMatches / 1000 <= interval.high);
    last = falseMatches;
  }
});

test('above the highest score there is a bound and no rate', () => {
  const rate = falseMatchRateAt(CURVE, null, 0.9000001);
  assert.deepEqual([rate.basis, rate.fmr, rate.falseMatches], ['bounded', null, 0]);
  assert.deepEqual(rate.interval, clopperPearson(0, 400));
  assert.throws(() => falseMatchRateAt(CURVE, null, Number.NaN), { code: 'not-finite' });
});

test('the score at an FMR accepts at most that share, and an FMR too small is refused', () => {
  for (const target of [0.01, 0.02, 0.05, 0.1, 0.5, 1]) {
    const point = scoreAtFmr(CURVE, null, target);
    assert.ok(point.kind === 'supported');
    assert.ok((point.rate.fmr ?? 1) <= target, `at ${target}`);
    // A little lower would exceed it, up to the score of the next kept pair.
    if (target === 0.02 || target === 0.05) {
      assert.ok((falseMatchRateAt(CURVE, null, point.threshold - 1e-6).fmr ?? 0) > target);
    }
  }
  const refused = scoreAtFmr(CURVE, null, 0.009);
  assert.ok(refused.kind === 'refused');
  assert.match(refused.reason, /needs at least 1112 pairs.*there are 1000/);
  assert.throws(() => scoreAtFmr(CURVE, null, 0), { code: 'bad-usage' });
});

test('where the highest scores are tied, only what lies above them keeps the target', () => {
  const tied: ImpostorCurve = { ...CURVE, scores: [0.6, 0], counts: [50, 1000], effectivePairs: [500, 700] };
  const point = scoreAtFmr(tied, null, 0.02);
  assert.ok(point.kind === 'supported' && point.threshold > 0.6);
  assert.equal(point.rate.falseMatches, 0);
});
