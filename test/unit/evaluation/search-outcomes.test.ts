import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, matrix, rowOf } from '../../../src-main/common/matrix.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import {
  entryOutcomes,
  type LabelledRows,
  type SearchOutcome,
  searchOutcomes,
  withMatesRemoved,
} from '../../../src-main/evaluation/search-outcomes.ts';
import { makeFaces } from '../../support/made-embeddings.ts';

/** Sorts all entries of every probe and reads off ranks by subject. */
function naiveOutcomes(probes: LabelledRows, gallery: LabelledRows): SearchOutcome[] {
  return Array.from(probes.subjects, (probeSubject, row) => {
    const best = new Map<number, number>();
    for (let entry = 0; entry < gallery.subjects.length; entry++) {
      const score = dot(rowOf(probes.vectors, row), rowOf(gallery.vectors, entry));
      const known = best.get(gallery.subjects[entry]) ?? Number.NEGATIVE_INFINITY;
      best.set(gallery.subjects[entry], Math.max(score, known));
    }
    const others = [...best].filter(([subject]) => subject !== probeSubject).map(([, score]) => score);
    const score = best.get(probeSubject);
    return {
      probeSubject,
      mate: score === undefined ? null : { score, rank: 1 + others.filter((other) => other >= score).length },
      bestOther: others.length === 0 ? null : Math.max(...others),
    };
  });
}

test('outcomes equal those of a naive search, subjects with several entries and over block borders included', () => {
  const rng = Rng.seeded(11);
  const gallery = makeFaces(rng, {
    faces: Array.from({ length: 150 }, () => 1 + rng.int(4)),
    dimension: 8,
    scatter: 1,
  });
  const probes = makeFaces(Rng.seeded(11, 1), {
    faces: Array.from({ length: 300 }, () => 1),
    dimension: 8,
    scatter: 1,
  });
  // Half of the probes are labelled as enrolled subjects, whom they resemble by chance alone; the rest as someone not enrolled.
  const subjects = Int32Array.from(probes.subjects, (subject) => (subject % 2 === 0 ? subject >> 1 : 1000));
  const outcomes = searchOutcomes({ vectors: probes.vectors, subjects }, gallery);
  const expected = naiveOutcomes({ vectors: probes.vectors, subjects }, gallery);
  assert.equal(outcomes.length, 300);
  outcomes.forEach((outcome, row) => {
    assert.equal(outcome.mate?.rank, expected[row].mate?.rank);
    assert.ok(Math.abs((outcome.mate?.score ?? 0) - (expected[row].mate?.score ?? 0)) < 1e-12);
    assert.ok(Math.abs((outcome.bestOther ?? 0) - (expected[row].bestOther ?? 0)) < 1e-12);
  });
});

test('ranked entries: rank and average precision equal those of a sorted list', () => {
  const rng = Rng.seeded(12);
  const options = { dimension: 8, scatter: 1 };
  const gallery = makeFaces(rng, { faces: Array.from({ length: 90 }, () => 1 + rng.int(5)), ...options });
  const probes = makeFaces(Rng.seeded(12, 1), { faces: Array.from({ length: 280 }, () => 1), ...options });
  const subjects = Int32Array.from(probes.subjects, (subject) => (subject % 3 === 0 ? 1000 : subject % 90));
  const outcomes = entryOutcomes({ vectors: probes.vectors, subjects }, gallery);
  for (const [row, { mate, bestOther }] of outcomes.entries()) {
    const list = Array.from(gallery.subjects, (subject, entry) => ({
      isMate: subject === subjects[row],
      score: dot(rowOf(probes.vectors, row), rowOf(gallery.vectors, entry)),
    }));
    list.sort((left, right) => right.score - left.score);
    const places = list.flatMap(({ isMate }, place) => (isMate ? [place + 1] : []));
    const precisions = places.map((place, found) => (found + 1) / place);
    assert.equal(mate?.rank, places[0]);
    const mean = precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
    assert.ok(mate === null ? Number.isNaN(mean) : Math.abs((mate.averagePrecision ?? 0) - mean) < 1e-12);
    const other = list.find(({ isMate }) => !isMate);
    assert.ok(Math.abs((bestOther ?? 0) - (other?.score ?? 0)) < 1e-12);
  }
  assert.ok(outcomes.some(({ mate }) => mate === null));
});

test('ranked entries by hand: mates at 1 and 3, and a tie above the second', () => {
  const probe = { vectors: matrix(Float32Array.of(1, 0), 2), subjects: [7] };
  const entries = Float32Array.of(1, 0, 0.8, 0.6, 0.6, 0.8, 0.6, -0.8);
  const [clear] = entryOutcomes(probe, { vectors: matrix(entries, 2), subjects: [7, 8, 7, 9] });
  // The other with the second mate's score stands above it: precisions 1/1 and 2/4.
  assert.deepEqual(clear.mate?.rank, 1);
  assert.equal(clear.mate?.averagePrecision, (1 + 2 / 4) / 2);
});

test('a tie counts against the mate; a gallery of the mate alone has no other', () => {
  const probe = { vectors: matrix(Float32Array.of(1, 0), 2), subjects: [7] };
  const tied = { vectors: matrix(Float32Array.of(0.6, 0.8, 0.6, -0.8), 2), subjects: [7, 8] };
  const [outcome] = searchOutcomes(probe, tied);
  assert.equal(outcome.mate?.rank, 2);
  assert.equal(outcome.mate?.score, outcome.bestOther);
  const alone = { vectors: matrix(Float32Array.of(0.6, 0.8), 2), subjects: [7] };
  assert.equal(searchOutcomes(probe, alone)[0].bestOther, null);
  assert.deepEqual(withMatesRemoved([outcome]), [
    { probeSubject: 7, mate: null, bestOther: outcome.bestOther },
  ]);
});

test('bad input is named', () => {
  const good = { vectors: matrix(Float32Array.of(1, 0), 2), subjects: [1] };
  const nan = { vectors: matrix(Float32Array.of(Number.NaN, 0), 2), subjects: [1] };
  const long = { vectors: matrix(Float32Array.of(2, 0), 2), subjects: [1] };
  assert.throws(() => searchOutcomes(nan, good), { code: 'not-finite', message: /probe embedding 0/ });
  assert.throws(() => searchOutcomes(good, long), {
    code: 'bad-data',
    message: /gallery embedding 0.*length 2/,
  });
  assert.throws(() => searchOutcomes({ ...good, subjects: [] }, good), {
    code: 'bad-data',
    message: /1 embeddings/,
  });
  assert.throws(() => searchOutcomes(good, { vectors: matrix(new Float32Array(0), 2), subjects: [] }), {
    code: 'bad-data',
    message: /gallery/,
  });
});
