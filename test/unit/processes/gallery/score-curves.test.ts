// Curves of what scores mean: shares by hand, and the same false match rate as a result at that score has.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { falseMatchRateAt } from '../../../../src-main/evaluation/meaning/false-match-rate.ts';
import type { ScoreMeaning } from '../../../../src-main/evaluation/score-meaning.ts';
import { scoreCurves } from '../../../../src-main/processes/gallery/score-curves.ts';

/** 100 pairs of strangers: one at 0.5, ten from 0.25 up, all from −0.2 up. Same people score 0.4 … 0.9. */
const impostors = {
  pairs: 100,
  people: 40,
  dyads: 100,
  scores: [0.5, 0.25, -0.2],
  counts: [1, 10, 100],
  effectivePairs: [80, 80, 80],
};
const genuine = Array.from({ length: 101 }, (_, share) => 0.4 + share * 0.005);
const meaning: ScoreMeaning = {
  version: 1,
  source: 'gallery',
  symmetric: true,
  cells: [{ probeBand: 0, galleryBand: 0, impostors, tail: null, likelihood: null, genuine }],
};

test('the histograms hold every pair within the edges', () => {
  const curves = scoreCurves(meaning, 1, [50, 0, 0, 0]);
  assert.ok(curves !== null && curves.genuine !== null);
  const sum = (shares: readonly number[]): number => shares.reduce((total, share) => total + share, 0);
  assert.ok(Math.abs(sum(curves.impostor) - 1) < 1e-9);
  assert.ok(Math.abs(sum(curves.genuine) - 1) < 1e-9);
  const above = (shares: readonly number[], score: number): number =>
    sum(shares.filter((_, bin) => curves.edges[bin] >= score));
  assert.ok(Math.abs(above(curves.impostor, 0.25) - 0.1) < 1e-9);
  assert.ok(Math.abs(above(curves.genuine, 0.65) - 0.5) < 1e-9);
});

test('a threshold lets through what a result at that score is said to', () => {
  const curves = scoreCurves(meaning, 1, [50, 0, 0, 0]);
  const at = curves?.thresholds.find(({ score }) => score === 0.25);
  assert.equal(at?.fmr, falseMatchRateAt(impostors, null, 0.25).fmr);
  assert.equal(at?.expected, 50 * (at?.fmr ?? Number.NaN));
});

test('what was not measured has no curve', () => {
  assert.equal(scoreCurves(meaning, 4, [50, 0, 0, 0]), null);
  assert.equal(scoreCurves(meaning, 1, [0, 50, 0, 0]), null);
});
