import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import { bootstrapInterval } from '../../../src-main/evaluation/confidence.ts';
import {
  bootstrapByIdentity,
  weightedAccuracy,
  weightedAuc,
} from '../../../src-main/evaluation/identity-bootstrap.ts';
import { areaUnderRoc } from '../../../src-main/evaluation/roc.ts';
import { scoreSets, splitScores } from '../../../src-main/evaluation/scores.ts';
import { SCORE_EXAMPLES } from './score-examples.ts';

test('with equal weights the weighted area is the area', () => {
  for (const { name, genuine, impostor } of SCORE_EXAMPLES) {
    const scores = [...genuine, ...impostor];
    const pairs = scores.map((_, index) => ({ isGenuine: index < genuine.length, fold: 0 }));
    const weighted = weightedAuc(scores, pairs)(new Float64Array(scores.length).fill(2));
    assert.ok(Math.abs(weighted - areaUnderRoc(scoreSets(genuine, impostor))) < 1e-12, name);
  }
});

test('a weight of 2 is the pair twice', () => {
  const rng = Rng.seeded(5);
  const scores = Array.from({ length: 40 }, () => Math.round(rng.next() * 10));
  const pairs = scores.map((_, index) => ({ isGenuine: index % 2 === 0, fold: 0 }));
  const weights = Float64Array.from(scores, () => 1 + rng.int(3));
  const repeated = scores.flatMap((score, index) => Array<number>(weights[index]).fill(score));
  const labels = pairs.flatMap((pair, index) => Array.from({ length: weights[index] }, () => pair));
  const expected = areaUnderRoc(splitScores(repeated, labels));
  assert.ok(Math.abs(weightedAuc(scores, pairs)(weights) - expected) < 1e-12);
});

test('pairs of the same few people give a wider interval than as many of different people', () => {
  const rng = Rng.seeded(3);
  // A person is easy or hard: all of that person's pairs are right, or half of them.
  const isHard = Array.from({ length: 40 }, (_, person) => person % 2 === 0);
  const right: number[] = [];
  const clustered: { leftSubject: number; rightSubject: number }[] = [];
  for (let pair = 0; pair < 800; pair++) {
    const person = pair % 40;
    right.push(isHard[person] && rng.next() < 0.5 ? 0 : 1);
    clustered.push({ leftSubject: person, rightSubject: person });
  }
  const independent = right.map((_, pair) => ({ leftSubject: pair, rightSubject: pair }));
  const widthOf = (people: typeof clustered) => {
    const { low, high } = bootstrapByIdentity(people, weightedAccuracy(right), Rng.seeded(9));
    return high - low;
  };
  assert.ok(widthOf(clustered) > 1.5 * widthOf(independent), `${widthOf(clustered)}`);
  const scores = scoreSets(
    right.map((value) => value + 0.001),
    [0.5],
  );
  const pairs = bootstrapInterval(
    scores,
    ({ genuine }) => genuine.filter((score) => score > 0.5).length / 800,
    Rng.seeded(9),
  );
  assert.ok(Math.abs(pairs.high - pairs.low - widthOf(independent)) < 0.01);
});

test('the same generator gives the same interval; too few people are refused', () => {
  const people = Array.from({ length: 30 }, (_, pair) => ({
    leftSubject: pair % 10,
    rightSubject: pair % 7,
  }));
  const statistic = weightedAccuracy(people.map((_, pair) => pair % 2));
  const [first, second] = [1, 1].map((seed) => bootstrapByIdentity(people, statistic, Rng.seeded(seed)));
  assert.deepEqual(first, second);
  assert.throws(() => bootstrapByIdentity([{ leftSubject: 1, rightSubject: 1 }], statistic, Rng.seeded(1)), {
    code: 'bad-data',
    message: /at least two people/,
  });
  // Impostor pairs of two people vanish whenever one of them is not drawn: half of the time.
  const two = [{ leftSubject: 0, rightSubject: 1 }];
  assert.throws(() => bootstrapByIdentity(two, weightedAccuracy([1]), Rng.seeded(1)), {
    code: 'bad-data',
    message: /had no value in \d+ of 1000 replicates/,
  });
});
