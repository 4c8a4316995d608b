import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreSets, splitScores } from '../../../src-main/evaluation/scores.ts';

test('scores are copied and sorted by number', () => {
  const genuine = [10, 9, -1, 1e-7];
  const sets = scoreSets(genuine, Float32Array.of(0.5, -0.5));
  assert.deepEqual([...sets.genuine], [-1, 1e-7, 9, 10]);
  assert.deepEqual([...sets.impostor], [-0.5, 0.5]);
  assert.deepEqual(genuine, [10, 9, -1, 1e-7]);
});

test('an empty class is refused', () => {
  const message = (kind: string) => `there are no ${kind} scores: both genuine and impostor are needed`;
  assert.throws(() => scoreSets([], [1]), { code: 'bad-data', message: message('genuine') });
  assert.throws(() => scoreSets([1], []), { code: 'bad-data', message: message('impostor') });
});

test('NaN and infinities are refused, with their place', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.throws(() => scoreSets([0.1, bad], [0]), {
      code: 'not-finite',
      message: `genuine score 2 of 2 is ${bad}: scores must be finite numbers`,
    });
    assert.throws(() => scoreSets([0.1], [bad, 0, 0]), { code: 'not-finite' });
  }
});

test('labelled pairs split by class, one score each', () => {
  const pairs = [true, false, true].map((isGenuine) => ({ isGenuine, fold: 0 }));
  const sets = splitScores([0.9, 0.1, 0.5], pairs);
  assert.deepEqual([...sets.genuine], [0.5, 0.9]);
  assert.deepEqual([...sets.impostor], [0.1]);
  assert.throws(() => splitScores([0.9], pairs), {
    code: 'bad-data',
    message: 'every pair needs one score: there are 3 pairs and 1 scores',
  });
});
