import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreSets } from '../../../src-main/evaluation/scores.ts';
import {
  countAccepted,
  falseMatchesAllowed,
  nextAbove,
  ratesAt,
  thresholdAtFmr,
  thresholdBetween,
  walkThresholds,
} from '../../../src-main/evaluation/thresholds.ts';
import { SCORE_EXAMPLES } from './score-examples.ts';

test('the next larger number', () => {
  assert.equal(nextAbove(1), 1 + Number.EPSILON);
  assert.equal(nextAbove(-1), -1 + Number.EPSILON / 2);
  assert.equal(nextAbove(0), Number.MIN_VALUE);
  assert.equal(nextAbove(-0), Number.MIN_VALUE);
  assert.equal(nextAbove(-Number.MIN_VALUE), -0);
});

test('a threshold between two scores parts them, however close', () => {
  assert.equal(thresholdBetween(0.25, 0.75), 0.5);
  for (const lower of [0.3, -0.3, 0, Number.MIN_VALUE, -Number.MIN_VALUE, 1e300]) {
    const higher = nextAbove(lower);
    const threshold = thresholdBetween(lower, higher);
    assert.ok(lower < threshold && threshold <= higher, `${lower}`);
  }
  assert.equal(thresholdBetween(-1.7e308, 1.7e308), 0);
});

test('scores equal to the threshold are accepted', () => {
  const sorted = Float64Array.of(0.1, 0.5, 0.5, 0.9);
  assert.deepEqual(
    [0, 0.1, 0.2, 0.5, nextAbove(0.5), 0.9, 1].map((threshold) => countAccepted(sorted, threshold)),
    [4, 4, 3, 3, 1, 1, 0],
  );
  assert.deepEqual(ratesAt(scoreSets([0.5, 0.9], [0.1, 0.5, 0.5, 0.4]), 0.5), {
    threshold: 0.5,
    falseMatches: 2,
    falseNonMatches: 0,
    fmr: 0.5,
    fnmr: 0,
  });
});

test('the walk visits each distinct score once, strictest first, with naive counts', () => {
  for (const { name, genuine, impostor } of SCORE_EXAMPLES) {
    const visited: number[] = [];
    walkThresholds(scoreSets(genuine, impostor), (threshold, acceptedGenuine, acceptedImpostor) => {
      assert.equal(acceptedGenuine, genuine.filter((score) => score >= threshold).length, name);
      assert.equal(acceptedImpostor, impostor.filter((score) => score >= threshold).length, name);
      visited.push(threshold + 0); // −0 and 0 are one score
    });
    const distinct = [...new Set([...genuine, ...impostor].map((score) => score + 0))];
    distinct.sort((left, right) => right - left);
    assert.deepEqual(visited, [nextAbove(distinct[0]), ...distinct], name);
  }
});

test('the threshold at an FMR, worked by hand', () => {
  const sets = scoreSets([0.2, 0.55, 0.65, 0.8], [0.1, 0.3, 0.5, 0.6]);
  // None of four: above 0.6, where the next score is 0.65. One of four: above 0.5, there 0.55.
  assert.equal(thresholdAtFmr(sets, 0), 0.65);
  assert.equal(thresholdAtFmr(sets, 0.24), 0.65);
  assert.equal(thresholdAtFmr(sets, 0.25), 0.55);
  assert.equal(thresholdAtFmr(sets, 0.5), 0.5);
  assert.equal(thresholdAtFmr(sets, 1), 0.1);
  // Tied impostors go together: two allowed, but accepting 0.5 would accept three.
  assert.equal(thresholdAtFmr(scoreSets([0.9], [0.5, 0.5, 0.5, 0.1]), 0.5), 0.9);
  // No score lies above the highest impostor.
  assert.equal(thresholdAtFmr(scoreSets([0.1], [0.5, 0.5]), 0.5), nextAbove(0.5));
});

test('the threshold at an FMR equals the naive search over all scores', () => {
  for (const { name, genuine, impostor } of SCORE_EXAMPLES) {
    for (const target of [0, 0.01, 0.1, 1 / 3, 0.5, 0.9, 1]) {
      const fmr = (threshold: number) =>
        impostor.filter((score) => score >= threshold).length / impostor.length;
      const keeping = [...genuine, ...impostor].filter((score) => fmr(score) <= target);
      const expected = keeping.length > 0 ? Math.min(...keeping) : nextAbove(Math.max(...impostor));
      const actual = thresholdAtFmr(scoreSets(genuine, impostor), target);
      assert.equal(actual + 0, expected + 0, `${name}, FMR ${target}`);
    }
  }
});

test('allowed false matches are not lost to rounding', () => {
  assert.equal(falseMatchesAllowed(100, 0.29), 29);
  assert.equal(falseMatchesAllowed(1500, 0.01), 15);
  assert.equal(falseMatchesAllowed(1499, 0.01), 14);
  for (let impostors = 1; impostors < 300; impostors++) {
    for (let count = 0; count <= impostors; count++) {
      assert.equal(falseMatchesAllowed(impostors, count / impostors), count);
    }
  }
  for (const bad of [-0.1, 1.1, Number.NaN]) {
    assert.throws(() => falseMatchesAllowed(10, bad), { code: 'bad-usage' });
  }
});
