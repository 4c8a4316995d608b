import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import {
  likelihoodCurve,
  log10LikelihoodRatio,
  scoreAtRatio,
} from '../../../../src-main/evaluation/meaning/likelihood-ratio.ts';

test('a hand-worked curve', () => {
  const curve = likelihoodCurve({
    genuine: Float64Array.of(3, 5, 6, 7),
    genuineSubjects: 4,
    impostor: Float64Array.of(1, 2, 4, 5),
    effectiveImpostors: 4,
  });
  // Shares of ¼ each. In order: g(−∞) i(1) i(2) g(3) i(4) gi(5) g(6) g(7) i(∞). Pools: {g, i, i}, {g, i}, {gi}, {g, g, i}, of
  // which the second and third have one ratio: ½, 1, 2.
  assert.deepEqual(curve.scores, [1, 3, 6]);
  assert.deepEqual(
    curve.log10Ratios.map((value) => (10 ** value).toFixed(12)),
    ['0.500000000000', '1.000000000000', '2.000000000000'],
  );
  const ratioAt = (score: number) => Number((10 ** log10LikelihoodRatio(curve, score)).toFixed(9));
  assert.deepEqual([-5, 1, 2.9, 3, 5.99, 6, 100].map(ratioAt), [0.5, 0.5, 0.5, 1, 1, 2, 2]);
  assert.deepEqual(
    [-1, 0, 0.1, 1].map((log10Ratio) => scoreAtRatio(curve, log10Ratio)),
    [1, 3, 6, null],
  );
});

test('ratios end at what the data support', () => {
  const genuine = Float64Array.from({ length: 50 }, (_, at) => 10 + at);
  const impostor = Float64Array.from({ length: 1000 }, (_, at) => -at);
  const curve = likelihoodCurve({ genuine, genuineSubjects: 20, impostor, effectiveImpostors: 300 });
  // Apart: all genuine pairs above against one imagined impostor of 1/300, and one imagined genuine pair of 1/20 below.
  assert.equal((10 ** log10LikelihoodRatio(curve, 99)).toFixed(6), '300.000000');
  assert.equal((10 ** log10LikelihoodRatio(curve, -99)).toFixed(6), '0.050000');
});

test('two normal distributions give back their known ratio, and it never falls', () => {
  const rng = Rng.seeded(9);
  const genuine = Float64Array.from({ length: 20_000 }, () => 2 + rng.normal());
  const impostor = Float64Array.from({ length: 200_000 }, () => rng.normal());
  const curve = likelihoodCurve({
    genuine,
    genuineSubjects: 20_000,
    impostor,
    effectiveImpostors: 200_000,
  });
  for (let at = 1; at < curve.scores.length; at++) {
    assert.ok(curve.scores[at] > curve.scores[at - 1] && curve.log10Ratios[at] > curve.log10Ratios[at - 1]);
  }
  // N(2, 1) against N(0, 1): ln of the ratio is 2s − 2.
  for (const score of [-0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3]) {
    const known = (2 * score - 2) / Math.LN10;
    const found = log10LikelihoodRatio(curve, score);
    assert.ok(Math.abs(found - known) < 0.15, `at ${score}: ${found}, known ${known}`);
  }
});

test('without pairs of both kinds there is no ratio', () => {
  const some = Float64Array.of(1);
  const none = new Float64Array(0);
  for (const [genuine, impostor] of [
    [some, none],
    [none, some],
  ]) {
    assert.throws(() => likelihoodCurve({ genuine, genuineSubjects: 1, impostor, effectiveImpostors: 1 }), {
      code: 'bad-data',
    });
  }
});
