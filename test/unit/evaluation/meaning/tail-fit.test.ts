import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowOf } from '../../../../src-main/common/matrix.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { falseMatchRateAt, scoreAtFmr } from '../../../../src-main/evaluation/meaning/false-match-rate.ts';
import { impostorCurve } from '../../../../src-main/evaluation/meaning/impostor-curve.ts';
import { sampleImpostorPairs } from '../../../../src-main/evaluation/meaning/impostor-pairs.ts';
import {
  type FittedTail,
  fitTail,
  fittedFmr,
  fittedScore,
} from '../../../../src-main/evaluation/meaning/tail-fit.ts';
import { makeFaces } from '../../../support/made-embeddings.ts';
import { cellSideOf, exactScore, itemsOf } from '../../../support/made-items.ts';

const DIMENSION = 32;
const PEOPLE = 1000;
const LIMITS = { pairs: 400_000, probesPerPerson: 1, probes: PEOPLE };

/** @param twins so many people stand in the gallery twice under different names */
function fitOnce(seed: number, twins: number) {
  const rng = Rng.seeded(seed);
  const faces = makeFaces(rng, {
    faces: Array.from({ length: PEOPLE }, () => 1),
    dimension: DIMENSION,
    scatter: 0,
  });
  for (let twin = 0; twin < twins; twin++)
    rowOf(faces.vectors, 2 * twin).set(rowOf(faces.vectors, 2 * twin + 1));
  const side = cellSideOf(itemsOf(faces));
  const sample = sampleImpostorPairs(side, side, LIMITS, rng);
  const curve = impostorCurve(sample);
  return { curve, tail: fitTail(sample, curve, rng) };
}

test('a smooth tail validates, and foretells the known FMR within a factor of three, ten times beyond the pairs', () => {
  const fits = [1, 2, 3, 4, 5, 6].map((seed) => fitOnce(seed, 0));
  const validated = fits.filter(({ tail }) => tail !== null);
  assert.ok(validated.length >= 4, `${validated.length} of 6 validated`);
  for (const { curve, tail } of validated) {
    if (tail === null) continue;
    for (const fmr of [1 / curve.pairs, 0.3 / curve.pairs]) {
      const said = fittedScore(tail, fmr);
      assert.ok(said !== null);
      const exact = exactScore(fmr, DIMENSION);
      const ratio = fittedFmr({ ...tail, highestFmr: 1 }, exact) / fmr;
      assert.ok(ratio > 1 / 3 && ratio < 3, `at FMR ${fmr}: ${ratio} times the truth`);
    }
    assert.equal(fittedFmr(tail, 0.999), tail.deepestFmr);
    assert.equal(fittedScore(tail, tail.deepestFmr / 2), null);
  }
});

test('people who stand in the gallery twice break the tail, and the check sees it', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) assert.equal(fitOnce(seed, 60).tail, null, `seed ${seed}`);
});

test('few pairs are never fitted', () => {
  const rng = Rng.seeded(1);
  const side = cellSideOf(
    itemsOf(makeFaces(rng, { faces: Array.from({ length: 100 }, () => 1), dimension: 8, scatter: 0 })),
  );
  const sample = sampleImpostorPairs(side, side, LIMITS, rng);
  assert.equal(fitTail(sample, impostorCurve(sample), rng), null);
});

test('score and FMR of a tail invert each other, and join the counted rates', () => {
  const tail: FittedTail = { from: 0.2, share: 1e-3, scale: 0.05, deepestFmr: 1e-7, highestFmr: 1e-5 };
  for (const fmr of [1e-5, 1e-6, 2e-7]) {
    const score = fittedScore(tail, fmr);
    assert.ok(score !== null && Math.abs(fittedFmr(tail, score) / fmr - 1) < 1e-9);
  }
  // −ln(1 − 0.6²) = 0.4463; 10⁻³ · e^(−(0.4463 − 0.2) / 0.05)
  assert.ok(Math.abs(fittedFmr(tail, 0.6) / (1e-3 * Math.exp(-(-Math.log(0.64) - 0.2) / 0.05)) - 1) < 1e-12);
  const curve = {
    pairs: 100_000,
    people: 500,
    dyads: 90_000,
    scores: [0.55, 0],
    counts: [1, 100_000],
    effectivePairs: [80_000, 80_000],
  };
  const rate = falseMatchRateAt(curve, tail, 0.6);
  assert.equal(rate.basis, 'fitted');
  assert.equal(rate.fmr, fittedFmr(tail, 0.6));
  assert.equal(rate.interval.low, 0);
  const point = scoreAtFmr(curve, tail, 1e-6);
  assert.ok(point.kind === 'supported' && point.threshold === fittedScore(tail, 1e-6));
});
