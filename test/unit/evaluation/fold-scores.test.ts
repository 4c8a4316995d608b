import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import { bestThresholdAccuracy } from '../../../src-main/evaluation/accuracy.ts';
import { bestThresholdWithout, joinFolds, splitByFold } from '../../../src-main/evaluation/fold-scores.ts';
import { splitScores } from '../../../src-main/evaluation/scores.ts';

/** Scores with few or many ties, folds of different sizes, some of one class alone. */
function example(seed: number) {
  const rng = Rng.seeded(seed);
  const digits = seed % 3;
  const folds = 3 + rng.int(4);
  const pairs = Array.from({ length: 60 + rng.int(100) }, (_, pair) => ({
    isGenuine: rng.next() < 0.5,
    fold: pair < folds ? pair : Math.min(rng.int(folds), rng.int(folds)),
  }));
  const scores = pairs.map(
    ({ isGenuine }) =>
      // −0 becomes 0, which sorting would tell apart.
      Number((rng.normal() + (isGenuine ? 1 : 0)).toFixed(digits === 2 ? 12 : digits)) + 0,
  );
  return { scores, pairs, folds };
}

test('folds joined are all scores sorted', () => {
  for (let seed = 0; seed < 40; seed++) {
    const { scores, pairs, folds } = example(seed);
    assert.deepEqual(
      joinFolds(splitByFold(scores, pairs, folds)),
      splitScores(scores, pairs),
      `seed ${seed}`,
    );
  }
});

test('the threshold without a fold is the best one of the other pairs, sorted anew', () => {
  for (let seed = 0; seed < 200; seed++) {
    const { scores, pairs, folds } = example(seed);
    const byFold = splitByFold(scores, pairs, folds);
    const all = joinFolds(byFold);
    for (let fold = 0; fold < folds; fold++) {
      const others = pairs.flatMap((pair, index) => (pair.fold === fold ? [] : [index]));
      const expected = bestThresholdAccuracy(
        splitScores(
          others.map((index) => scores[index]),
          others.map((index) => pairs[index]),
        ),
      );
      const found = bestThresholdWithout(all, byFold[fold]);
      // −0 and 0 are the same threshold.
      assert.equal(found + 0, expected.threshold + 0, `seed ${seed}, fold ${fold}`);
    }
  }
});

test('a class that only one fold has is missed by the others', () => {
  const pairs = [
    { isGenuine: true, fold: 0 },
    { isGenuine: false, fold: 0 },
    { isGenuine: false, fold: 1 },
  ];
  const byFold = splitByFold([1, 0, 0], pairs, 2);
  assert.throws(() => bestThresholdWithout(joinFolds(byFold), byFold[0]), {
    code: 'bad-data',
    message: /there are no genuine scores outside a fold/,
  });
});
