// What one search result says: FMR at its score, false matches to expect in a gallery of this size, likelihood ratio.

import { ensure } from '../../common/errors.ts';
import type { Interval } from '../confidence.ts';
import { cellFor, type ScoreMeaning } from '../score-meaning.ts';
import { ALL_BANDS, bandLabel, bandOf, type FaceBand } from './face-bands.ts';
import { type FalseMatchRate, falseMatchRateAt } from './false-match-rate.ts';
import { log10LikelihoodRatio } from './likelihood-ratio.ts';

export interface ScoredResult {
  readonly score: number;
  readonly probeFaces: number;
  readonly galleryFaces: number;
}

/** How many entries of each band a search compared the probe with, whose subjects are not the probe's. */
export type GallerySizes = readonly [number, number, number, number];

export interface ExpectedFalseMatches {
  /** Entries of other people that reach the score in one search, on average over people; null when only bounded. */
  readonly expected: number | null;
  /** Sums of the bands' 95 % limits, so no narrower than 95 %. */
  readonly interval: Interval;
}

export interface ResultMeaning {
  /** Null when no comparison of these bands was measured. */
  readonly fmr: FalseMatchRate | null;
  /** Null when a band of the gallery was not measured against the probe's. */
  readonly falseMatches: ExpectedFalseMatches | null;
  /** log₁₀: 2 means a hundred times likelier for one person than for two. Null without genuine pairs. */
  readonly log10LikelihoodRatio: number | null;
  /** Why something is null, for people; empty when nothing is. */
  readonly reasons: readonly string[];
}

/** Reads one result against a gallery of so many entries. */
export function meaningOf(
  meaning: ScoreMeaning,
  { score, probeFaces, galleryFaces }: ScoredResult,
  sizes: GallerySizes,
): ResultMeaning {
  const probeBand = bandOf(probeFaces);
  const galleryBand = bandOf(galleryFaces);
  const cell = cellFor(meaning, probeBand, galleryBand);
  const reasons: string[] = [];
  if (cell === null) reasons.push(notMeasured(probeBand, galleryBand));
  const falseMatches = expectedFalseMatches(meaning, probeBand, sizes, score);
  for (const band of ALL_BANDS) {
    const isMissing = sizes[band] > 0 && cellFor(meaning, probeBand, band) === null;
    if (isMissing && band !== galleryBand) reasons.push(notMeasured(probeBand, band));
  }
  if (cell !== null && cell.likelihood === null) {
    reasons.push(
      `too few pairs of one subject for ${bandLabel(probeBand)} against ${bandLabel(galleryBand)} faces`,
    );
  }
  return {
    fmr: cell === null ? null : falseMatchRateAt(cell.impostors, cell.tail, score),
    falseMatches,
    log10LikelihoodRatio:
      cell === null || cell.likelihood === null ? null : log10LikelihoodRatio(cell.likelihood, score),
    reasons,
  };
}

/**
 * Entries of other people at or above a score in one search: Σ entries × FMR over the gallery's bands. An average over people:
 * someone with an ordinary face may see more. Null when a band with entries was not measured.
 */
export function expectedFalseMatches(
  meaning: ScoreMeaning,
  probeBand: FaceBand,
  sizes: GallerySizes,
  score: number,
): ExpectedFalseMatches | null {
  let expected: number | null = 0;
  let low = 0;
  let high = 0;
  for (const band of ALL_BANDS) {
    ensure(sizes[band] >= 0, 'bad-usage', `a gallery holds 0 entries or more, not ${sizes[band]}`);
    if (sizes[band] === 0) continue;
    const cell = cellFor(meaning, probeBand, band);
    if (cell === null) return null;
    const rate = falseMatchRateAt(cell.impostors, cell.tail, score);
    expected = expected === null || rate.fmr === null ? null : expected + sizes[band] * rate.fmr;
    low += sizes[band] * rate.interval.low;
    high += sizes[band] * rate.interval.high;
  }
  return { expected, interval: { low, high } };
}

function notMeasured(probeBand: FaceBand, galleryBand: FaceBand): string {
  return `no comparison of ${bandLabel(probeBand)} with ${bandLabel(galleryBand)} faces was measured in this gallery`;
}
