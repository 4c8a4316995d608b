import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import {
  DEFAULT_PAIR_LIMITS,
  sampleImpostorPairs,
} from '../../../../src-main/evaluation/meaning/impostor-pairs.ts';
import { makeFaces } from '../../../support/made-embeddings.ts';
import { cellSideOf, itemsOf } from '../../../support/made-items.ts';

function madeSide(seed: number, faces: readonly number[]) {
  return cellSideOf(itemsOf(makeFaces(Rng.seeded(seed), { faces, dimension: 6, scatter: 1 })));
}

test('all pairs of different people, each once, when they fit', () => {
  const side = madeSide(1, [1, 2, 3, 4]);
  const sample = sampleImpostorPairs(side, side, DEFAULT_PAIR_LIMITS, Rng.seeded(2));
  // 10 · 9 / 2 pairs less 0 + 1 + 3 + 6 of one person.
  assert.equal(sample.scores.length, 35);
  assert.equal(new Set(sample.scores).size, 35);
  assert.equal(sample.people, 4);
  sample.probePeople.forEach((person, pair) => {
    assert.notEqual(person, sample.galleryPeople[pair]);
  });
});

test('two different sides are compared every way, people on both left out', () => {
  const probe = madeSide(1, [1, 1, 1]);
  const gallery = madeSide(2, [2, 2, 2, 2]);
  const sample = sampleImpostorPairs(probe, gallery, DEFAULT_PAIR_LIMITS, Rng.seeded(2));
  assert.equal(sample.scores.length, 3 * 6);
  const strangers = { ...probe, personOf: (row: number) => 100 + row };
  assert.equal(sampleImpostorPairs(strangers, gallery, DEFAULT_PAIR_LIMITS, Rng.seeded(2)).scores.length, 24);
});

test('limits hold, no pair comes twice, and the same seed draws the same', () => {
  const side = madeSide(3, [...Array.from({ length: 99 }, () => 1), 300]);
  const limits = { pairs: 5000, probesPerPerson: 3, probes: 50 };
  const sample = sampleImpostorPairs(side, side, limits, Rng.seeded(4));
  assert.ok(sample.scores.length > 1000 && sample.scores.length <= 5000, `${sample.scores.length}`);
  assert.equal(new Set(sample.scores).size, sample.scores.length);
  assert.deepEqual(sampleImpostorPairs(side, side, limits, Rng.seeded(4)), sample);
  const probesOf = new Map<number, number>();
  for (const person of sample.probePeople) probesOf.set(person, (probesOf.get(person) ?? 0) + 1);
  assert.ok(probesOf.size >= 46 && probesOf.size <= 50, `${probesOf.size} people among 50 probes`);
});

test('two bands of one gallery stay within the limits, many against few and few against many', () => {
  const side = madeSide(
    7,
    Array.from({ length: 300 }, () => 2),
  );
  const many = { ...side, rows: side.rows.slice(40) };
  const few = { ...side, rows: side.rows.slice(0, 40) };
  for (const [probe, gallery] of [
    [many, few],
    [few, many],
  ]) {
    const limits = { ...DEFAULT_PAIR_LIMITS, pairs: 3000 };
    const sample = sampleImpostorPairs(probe, gallery, limits, Rng.seeded(8));
    assert.ok(sample.scores.length > 2500 && sample.scores.length <= 3600, `${sample.scores.length}`);
    assert.equal(new Set(sample.scores).size, sample.scores.length);
  }
});

test('a person with most of the items is no more than a person on the probe side', () => {
  // One of 50 people has 1000 of 1049 items; pairs are then nearly all of another person against that one.
  const side = madeSide(5, [1000, ...Array.from({ length: 49 }, () => 1)]);
  const sample = sampleImpostorPairs(side, side, DEFAULT_PAIR_LIMITS, Rng.seeded(6));
  const ofBig = (people: Int32Array) => people.filter((person) => person === sample.probePeople[0]).length;
  assert.ok(ofBig(sample.probePeople) < 0.1 * sample.scores.length);
});
