import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalise, rowOf } from '../../../../src-main/common/matrix.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { studentQuantile } from '../../../../src-main/evaluation/beta.ts';
import { clopperPearson } from '../../../../src-main/evaluation/count-intervals.ts';
import { indexDyads } from '../../../../src-main/evaluation/meaning/dyads.ts';
import { falseMatchRateAt } from '../../../../src-main/evaluation/meaning/false-match-rate.ts';
import { impostorCurve } from '../../../../src-main/evaluation/meaning/impostor-curve.ts';
import {
  DEFAULT_PAIR_LIMITS,
  type ImpostorPairs,
  sampleImpostorPairs,
} from '../../../../src-main/evaluation/meaning/impostor-pairs.ts';
import { type MadeFaces, makeFaces } from '../../../support/made-embeddings.ts';
import { cellSideOf, exactFmr, exactScore, itemsOf } from '../../../support/made-items.ts';

function allPairs(faces: MadeFaces, rng: Rng): ImpostorPairs {
  const side = cellSideOf(itemsOf(faces));
  return sampleImpostorPairs(side, side, DEFAULT_PAIR_LIMITS, rng);
}

test('dyads are found whichever way round', () => {
  const { dyadOf, dyads } = indexDyads(Int32Array.of(1, 2, 1, 0, 2), Int32Array.of(2, 1, 0, 1, 0));
  assert.deepEqual([...dyadOf], [0, 0, 1, 1, 2]);
  assert.equal(dyads, 3);
  const rng = Rng.seeded(1);
  const first = Int32Array.from({ length: 20_000 }, () => rng.int(200));
  const second = first.map((person) => (person + 1 + rng.int(199)) % 200);
  const index = indexDyads(first, second);
  const keys = new Map<string, number>();
  first.forEach((person, pair) => {
    const key = [person, second[pair]].sort((a, b) => a - b).join();
    assert.equal(keys.get(key) ?? index.dyadOf[pair], index.dyadOf[pair]);
    keys.set(key, index.dyadOf[pair]);
  });
  assert.equal(index.dyads, keys.size);
});

test('counts are those of a plain count at every kept score, ties included', () => {
  const rng = Rng.seeded(2);
  const sample = allPairs(
    makeFaces(rng, { faces: Array.from({ length: 60 }, () => 3), dimension: 8, scatter: 1 }),
    rng,
  );
  // Multiples of 1/64 are exact in 2⁻³⁰: ties stay ties.
  const scores = sample.scores.map((score, pair) => (pair % 2 === 0 ? Math.round(score * 64) / 64 : score));
  const curve = impostorCurve({ ...sample, scores });
  assert.equal(curve.counts.at(-1), curve.pairs);
  curve.scores.forEach((kept, at) => {
    const counted = scores.filter((score) => score >= kept - 2 ** -31).length;
    assert.equal(curve.counts[at], counted);
  });
  assert.ok(curve.scores.length < 200, `${curve.scores.length} thresholds`);
});

test('effective pairs follow from residuals multiplied over all pairs that share a person', () => {
  const rng = Rng.seeded(3);
  const faces = makeFaces(rng, { faces: Array.from({ length: 24 }, () => 2), dimension: 5, scatter: 0.7 });
  const sample = allPairs(faces, rng);
  const curve = impostorCurve(sample);
  const fewPeople = (1.959963984540054 / studentQuantile(0.95, 24 / 4)) ** 2;
  for (const count of [30, 100, 400]) {
    const at = curve.counts.findIndex((kept) => kept >= count);
    const expected = Math.min(curve.pairs, naiveEffectivePairs(sample, curve.scores[at])) * fewPeople;
    assert.ok(
      Math.abs(curve.effectivePairs[at] / expected - 1) < 1e-6,
      `${curve.effectivePairs[at]}, ${expected}`,
    );
    assert.ok(expected < 0.5 * curve.pairs, 'the example has dependent pairs');
  }
});

function naiveEffectivePairs(sample: ImpostorPairs, threshold: number): number {
  const pairs = sample.scores.length;
  const hits = Array.from(sample.scores, (score) => (score >= threshold - 2 ** -31 ? 1 : 0));
  const rate = hits.reduce((sum: number, hit) => sum + hit, 0) / pairs;
  let shared = 0;
  let ofDyads = 0;
  for (let a = 0; a < pairs; a++) {
    const people = [sample.probePeople[a], sample.galleryPeople[a]];
    for (let b = 0; b < pairs; b++) {
      const others = [sample.probePeople[b], sample.galleryPeople[b]];
      const common = people.filter((person) => others.includes(person)).length;
      const product = (hits[a] - rate) * (hits[b] - rate);
      if (common > 0) shared += product;
      if (common === 2) ofDyads += product;
    }
  }
  return (rate * (1 - rate) * pairs ** 2) / Math.max(shared, ofDyads);
}

/** How often the interval at a known FMR holds it, over seeds; and how often taking pairs as independent would. */
function coverage(fmr: number, seeds: number, make: (rng: Rng) => MadeFaces, score: number) {
  let held = 0;
  let naive = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const rng = Rng.seeded(seed, 77);
    const sample = allPairs(make(rng), rng);
    const { interval } = falseMatchRateAt(impostorCurve(sample), null, score);
    if (interval.low <= fmr && fmr <= interval.high) held++;
    const alone = clopperPearson(sample.scores.filter((s) => s >= score).length, sample.scores.length);
    if (alone.low <= fmr && fmr <= alone.high) naive++;
  }
  return { held: held / seeds, naive: naive / seeds };
}

test('intervals hold the known FMR 93 times in 100 where each person has several faces', () => {
  const dimension = 16;
  const make = (rng: Rng) =>
    makeFaces(rng, { faces: Array.from({ length: 50 }, () => 3), dimension, scatter: 0.3 });
  for (const fmr of [0.1, 0.01, 0.001]) {
    const { held, naive } = coverage(fmr, 150, make, exactScore(fmr, dimension));
    assert.ok(held >= 0.93, `at FMR ${fmr} held ${held}`);
    if (fmr > 0.001) assert.ok(naive < 0.8, `taking pairs as independent held ${naive}`);
  }
});

test('and where the people of a reference set are compared with those of a gallery', () => {
  const dimension = 16;
  const fmr = 0.01;
  let held = 0;
  for (let seed = 0; seed < 150; seed++) {
    const rng = Rng.seeded(seed, 79);
    const sideOf = (people: number, faces: number, offset: number) => {
      const made = makeFaces(rng, {
        faces: Array.from({ length: people }, () => faces),
        dimension,
        scatter: 0.3,
      });
      return { ...cellSideOf(itemsOf(made)), personOf: (row: number) => offset + made.subjects[row] };
    };
    const sample = sampleImpostorPairs(sideOf(40, 2, 0), sideOf(60, 3, 1000), DEFAULT_PAIR_LIMITS, rng);
    const { interval } = falseMatchRateAt(impostorCurve(sample), null, exactScore(fmr, dimension));
    if (interval.low <= fmr && fmr <= interval.high) held++;
  }
  assert.ok(held / 150 >= 0.93, `held ${held} of 150`);
});

test('and where some people resemble everyone', () => {
  const dimension = 16;
  const make = (people: number) => (rng: Rng) => {
    const faces = makeFaces(rng, { faces: Array.from({ length: people }, () => 1), dimension, scatter: 0 });
    for (let person = 0; person < people; person++) {
      // A common direction, weak for most and strong for a few.
      const row = rowOf(faces.vectors, person);
      row[0] += 0.2 + (person % 10 === 0 ? 0.8 * rng.next() : 0);
      normalise(row);
    }
    return faces;
  };
  const truth = allPairs(make(1200)(Rng.seeded(1)), Rng.seeded(1)).scores.sort();
  for (const fmr of [0.05, 0.005]) {
    const score = truth[Math.round((1 - fmr) * truth.length)];
    const { held, naive } = coverage(fmr, 150, make(100), score);
    assert.ok(held >= 0.93, `at FMR ${fmr} held ${held}`);
    assert.ok(naive < 0.93, `taking pairs as independent held ${naive}`);
  }
});

test('beyond the highest score the interval still holds: a bound of the kind of the rule of three', () => {
  const dimension = 16;
  let held = 0;
  for (let seed = 0; seed < 150; seed++) {
    const rng = Rng.seeded(seed, 78);
    const sample = allPairs(
      makeFaces(rng, { faces: Array.from({ length: 50 }, () => 2), dimension, scatter: 0.3 }),
      rng,
    );
    const curve = impostorCurve(sample);
    const beyond = curve.scores[0] + 1e-6;
    const rate = falseMatchRateAt(curve, null, beyond);
    assert.deepEqual([rate.basis, rate.fmr, rate.falseMatches, rate.interval.low], ['bounded', null, 0, 0]);
    if (rate.interval.high >= exactFmr(beyond, dimension)) held++;
    assert.ok(rate.interval.high < 0.1);
  }
  assert.ok(held / 150 >= 0.93, `held ${held} of 150`);
});

test('no pairs are refused', () => {
  const none = new Int32Array(0);
  assert.throws(
    () => impostorCurve({ scores: new Float64Array(0), probePeople: none, galleryPeople: none, people: 0 }),
    { code: 'bad-data' },
  );
});
