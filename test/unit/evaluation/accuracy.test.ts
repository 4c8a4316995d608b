import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import {
  accuracyAt,
  bestThresholdAccuracy,
  crossValidatedAccuracy,
} from '../../../src-main/evaluation/accuracy.ts';
import { type LabelledPair, scoreSets } from '../../../src-main/evaluation/scores.ts';
import { nextAbove, thresholdBetween } from '../../../src-main/evaluation/thresholds.ts';
import { SCORE_EXAMPLES } from './score-examples.ts';

/** Every candidate threshold, from the highest, judged by counting. */
function naiveBest(genuine: readonly number[], impostor: readonly number[]) {
  const distinct = [...new Set([...genuine, ...impostor].map((score) => score + 0))];
  distinct.sort((left, right) => right - left);
  const midpoints = distinct.slice(1).map((lower, index) => thresholdBetween(lower, distinct[index]));
  let best = { accuracy: -1, threshold: 0 };
  for (const threshold of [nextAbove(distinct[0]), ...midpoints, distinct[distinct.length - 1]]) {
    const right =
      genuine.filter((score) => score >= threshold).length +
      impostor.filter((score) => score < threshold).length;
    const accuracy = right / (genuine.length + impostor.length);
    if (accuracy > best.accuracy) best = { accuracy, threshold };
  }
  return best;
}

test('best threshold, worked by hand', () => {
  // Between 0.4 and 0.6 five of six are right: the genuine 0.3 is rejected.
  assert.deepEqual(bestThresholdAccuracy(scoreSets([0.3, 0.6, 0.8], [0.1, 0.2, 0.4])), {
    accuracy: 5 / 6,
    threshold: 0.5,
  });
  // All tied, balanced: accept all and accept none are equally right, the stricter wins.
  assert.deepEqual(bestThresholdAccuracy(scoreSets([0.5], [0.5])), {
    accuracy: 0.5,
    threshold: nextAbove(0.5),
  });
  // More genuine than impostor, reversed: accept all.
  assert.deepEqual(bestThresholdAccuracy(scoreSets([0.1, 0.2], [0.9])), { accuracy: 2 / 3, threshold: 0.1 });
});

test('best threshold equals the naive search, and reaches what it says', () => {
  for (const { name, genuine, impostor } of SCORE_EXAMPLES) {
    const sets = scoreSets(genuine, impostor);
    const best = bestThresholdAccuracy(sets);
    assert.deepEqual({ ...best, threshold: best.threshold + 0 }, naiveBest(genuine, impostor), name);
    assert.equal(accuracyAt(sets, best.threshold), best.accuracy, name);
  }
});

test('cross-validation, worked by hand', () => {
  const pairs: LabelledPair[] = [
    { isGenuine: true, fold: 0 },
    { isGenuine: false, fold: 0 },
    { isGenuine: true, fold: 1 },
    { isGenuine: false, fold: 1 },
  ];
  // Fold 1 separates at (0.5 + 0.7) / 2 = 0.6, which is right for half of fold 0: genuine 0.55 is rejected, 0.1 too.
  // Fold 0 separates at (0.1 + 0.55) / 2 = 0.325, which is right for half of fold 1: 0.7 and 0.5 are accepted.
  const result = crossValidatedAccuracy([0.55, 0.1, 0.7, 0.5], pairs);
  assert.equal(result.accuracy, 0.5);
  assert.equal(result.standardError, 0);
  assert.deepEqual(
    result.folds.map(({ accuracy, pairs: size }) => [accuracy, size]),
    [
      [0.5, 2],
      [0.5, 2],
    ],
  );
  assert.ok(Math.abs(result.folds[0].threshold - 0.6) < 1e-15);
  assert.ok(Math.abs(result.folds[1].threshold - 0.325) < 1e-15);
});

test('mean and standard error of three folds, worked by hand', () => {
  const genuine = [0.9, 0.9, 0.9];
  const impostor = [0.1, 0.1, 0.95];
  const pairs = genuine.flatMap((_, fold) => [
    { isGenuine: true, fold },
    { isGenuine: false, fold },
  ]);
  const scores = genuine.flatMap((score, fold) => [score, impostor[fold]]);
  // The clean folds separate at 0.5, where fold 2 is half right. With fold 2 among the others the best is still 0.5.
  const { accuracy, standardError, folds } = crossValidatedAccuracy(scores, pairs);
  assert.deepEqual(
    folds.map((fold) => fold.accuracy),
    [1, 1, 0.5],
  );
  assert.ok(Math.abs(accuracy - 5 / 6) < 1e-15);
  // Deviations 1/6, 1/6, −1/3: variance (1/36 + 1/36 + 1/9) / 2 = 1/12, over three folds 1/36, root 1/6.
  assert.ok(Math.abs(standardError - 1 / 6) < 1e-15);
});

test('cross-validation equals the naive one, and never looks at the held-out fold', () => {
  for (let seed = 0; seed < 20; seed++) {
    const rng = Rng.seeded(seed);
    const count = 2 + rng.int(9);
    const digits = [1, 2, 12][seed % 3];
    const pairs = Array.from({ length: count * 20 }, (_, pair) => ({
      isGenuine: pair % 2 === 0,
      fold: Math.floor(pair / 20),
    }));
    const scores = pairs.map(({ isGenuine }) =>
      Number(((isGenuine ? 0.3 : 0.1) + 0.2 * rng.normal()).toFixed(digits)),
    );
    const naive = Array.from({ length: count }, (_, fold) => {
      const others = (isGenuine: boolean) =>
        scores.filter((_, pair) => pairs[pair].fold !== fold && pairs[pair].isGenuine === isGenuine);
      const { threshold } = naiveBest(others(true), others(false));
      const right = scores.filter(
        (score, pair) => pairs[pair].fold === fold && score >= threshold === pairs[pair].isGenuine,
      );
      return right.length / 20;
    });
    const { folds, accuracy } = crossValidatedAccuracy(scores, pairs);
    assert.deepEqual(
      folds.map((fold) => fold.accuracy),
      naive,
    );
    assert.ok(Math.abs(accuracy - naive.reduce((sum, value) => sum + value, 0) / count) < 1e-12);
    const changed = scores.map((score, pair) => (pairs[pair].fold === 0 ? -score : score));
    assert.equal(crossValidatedAccuracy(changed, pairs).folds[0].threshold, folds[0].threshold);
  }
});

test('too few folds, a gap between folds, a fold that is none, a bad score', () => {
  const pair = (isGenuine: boolean, fold: number) => ({ isGenuine, fold });
  const rejects = (scores: number[], pairs: LabelledPair[], expected: object) =>
    assert.throws(() => crossValidatedAccuracy(scores, pairs), expected);
  rejects([1, 0], [pair(true, 0), pair(false, 0)], {
    code: 'bad-data',
    message: 'cross-validation needs at least 2 folds, there are 1',
  });
  rejects([], [], { code: 'bad-data' });
  rejects([1, 0], [pair(true, 0), pair(false, 2)], {
    code: 'bad-data',
    message: 'fold 2 has no pairs, though later folds have',
  });
  rejects([1, 0], [pair(true, 0), pair(false, 0.5)], {
    code: 'bad-data',
    message: 'a fold is a whole number from 0, not 0.5',
  });
  rejects([1, 0], [pair(true, 0), pair(false, 1)], { code: 'bad-data', message: /no genuine scores/ });
  rejects([1, Number.NaN, 1, 0], [pair(true, 0), pair(false, 0), pair(true, 1), pair(false, 1)], {
    code: 'not-finite',
  });
});
