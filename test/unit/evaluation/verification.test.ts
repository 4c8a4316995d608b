import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import { crossValidatedAccuracy } from '../../../src-main/evaluation/accuracy.ts';
import { scoreHistogram } from '../../../src-main/evaluation/histogram.ts';
import {
  operatingPointLines,
  textTable,
  verificationTable,
} from '../../../src-main/evaluation/report-lines.ts';
import { scoreSets } from '../../../src-main/evaluation/scores.ts';
import { evaluateVerification } from '../../../src-main/evaluation/verification.ts';

/** Folds of 100 genuine and 100 impostor pairs; `separation` in standard deviations. */
function protocol(folds: number, separation: number, seed: number) {
  const rng = Rng.seeded(seed);
  const pairs = Array.from({ length: folds * 200 }, (_, pair) => ({
    isGenuine: pair % 200 < 100,
    fold: Math.floor(pair / 200),
  }));
  const scores = pairs.map((pair) => (pair.isGenuine ? separation : 0) + rng.normal());
  return { pairs, scores };
}

test('perfect separation', () => {
  const { pairs, scores } = protocol(5, 100, 1);
  const result = evaluateVerification(scores, pairs);
  assert.equal(result.pairs, 1000);
  assert.equal(result.genuinePairs, 500);
  assert.equal(result.impostorPairs, 500);
  assert.equal(result.folds, 5);
  assert.equal(result.accuracy, 1);
  assert.equal(result.accuracyStandardError, 0);
  assert.equal(result.bestThresholdAccuracy, 1);
  assert.equal(result.auc, 1);
  assert.equal(result.aucInterval, null);
  assert.equal(result.eer, 0);
  assert.deepEqual(
    result.operatingPoints.map((point) => point.kind),
    ['supported', 'refused', 'refused', 'refused'],
  );
});

test('two normal distributions give the rates of theory', () => {
  // Two standard deviations apart: accuracy Φ(1) = 0.8413, EER 1 − 0.8413, AUC Φ(√2) = 0.9214.
  const { pairs, scores } = protocol(10, 2, 2);
  const result = evaluateVerification(scores, pairs, { bootstrap: { rng: Rng.seeded(3), replicates: 200 } });
  assert.ok(result.accuracy !== null && result.aucInterval !== null);
  assert.ok(Math.abs(result.accuracy - 0.8413) < 0.03);
  assert.ok(Math.abs(result.eer - 0.1587) < 0.03);
  assert.ok(Math.abs(result.auc - 0.9214) < 0.02);
  assert.ok(result.aucInterval.low < result.auc && result.auc < result.aucInterval.high);
  assert.ok(result.aucInterval.high - result.aucInterval.low < 0.05);
  assert.ok(result.bestThresholdAccuracy >= result.accuracy);
  assert.equal(result.accuracyStandardError, crossValidatedAccuracy(scores, pairs).standardError);
});

test('one fold has no cross-validated accuracy', () => {
  const { pairs, scores } = protocol(1, 2, 4);
  const result = evaluateVerification(scores, pairs, { targetFmrs: [0.5] });
  assert.equal(result.accuracy, null);
  assert.equal(result.accuracyStandardError, null);
  assert.equal(result.operatingPoints.length, 1);
  assert.match(verificationTable([{ name: 'x', result }])[2], /^\| x +\| +– \|/);
});

test('bad input is refused', () => {
  const { pairs, scores } = protocol(2, 2, 5);
  assert.throws(() => evaluateVerification(scores.slice(1), pairs), { code: 'bad-data' });
  assert.throws(() => evaluateVerification([], []), { code: 'bad-data' });
  assert.throws(
    () =>
      evaluateVerification(
        scores.map(() => Number.NaN),
        pairs,
      ),
    { code: 'not-finite' },
  );
});

test('the table is aligned Markdown, refused points are dashes', () => {
  const { pairs, scores } = protocol(2, 100, 6);
  const result = evaluateVerification(scores, pairs);
  assert.deepEqual(
    verificationTable([
      { name: 'student', result },
      { name: 'a|b', result },
    ]),
    [
      '|         |        accuracy | best threshold |    AUC |    EER | TAR@FAR 1e−1 | TAR@FAR 1e−2 | TAR@FAR 1e−3 | TAR@FAR 1e−4 |',
      '| ------- | --------------: | -------------: | -----: | -----: | -----------: | -----------: | -----------: | -----------: |',
      '| student | 100.00 ± 0.00 % |       100.00 % | 1.0000 | 0.00 % |     100.00 % |            – |            – |            – |',
      '| a\\|b    | 100.00 ± 0.00 % |       100.00 % | 1.0000 | 0.00 % |     100.00 % |            – |            – |            – |',
    ],
  );
  assert.deepEqual(verificationTable([]).length, 2);
  assert.deepEqual(textTable(['name', 'n'], [['x', '10']]), [
    '| name |  n |',
    '| ---- | -: |',
    '| x    | 10 |',
  ]);
});

test('operating points in words', () => {
  const impostor = Array.from({ length: 100 }, (_, index) => index / 100);
  const result = evaluateVerification(
    [0.5, 0.95, ...impostor],
    [true, true, ...impostor.map(() => false)].map((isGenuine) => ({ isGenuine, fold: 0 })),
    { targetFmrs: [0.1, 0.01] },
  );
  assert.deepEqual(operatingPointLines(result.operatingPoints), [
    'TAR@FAR 1e−1: 50.00 % (1 of 2, 95 % 9.45 % … 90.55 %) at score ≥ 0.9000; ' +
      'FAR 10.00 % (10 of 100, 10 allowed, 95 % 5.52 % … 17.44 %)',
    'TAR@FAR 1e−2: refused, FMR 0.01 needs at least 1000 impostor pairs (10 false matches), there are 100',
  ]);
});

test('histogram: edges belong to the upper bin, the last bin is closed, nothing is lost', () => {
  const sets = scoreSets([0.25, 0.5, 1], [0, 0.2, 0.75]);
  const histogram = scoreHistogram(sets, { bins: 4 });
  assert.deepEqual([...histogram.edges], [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual([...histogram.genuine], [0, 1, 1, 1]);
  assert.deepEqual([...histogram.impostor], [2, 0, 0, 1]);
  const clipped = scoreHistogram(sets, { bins: 2, range: [0.3, 0.6] });
  assert.deepEqual([...clipped.genuine], [1, 2]);
  assert.deepEqual([...clipped.impostor], [2, 1]);
  const tied = scoreHistogram(scoreSets([2], [2, 2]), { bins: 2 });
  assert.deepEqual([...tied.edges], [1.5, 2, 2.5]);
  assert.deepEqual([...tied.impostor], [0, 2]);
  assert.throws(() => scoreHistogram(sets, { bins: 0 }), { code: 'bad-usage' });
  assert.throws(() => scoreHistogram(sets, { range: [1, 1] }), { code: 'bad-usage' });
});
