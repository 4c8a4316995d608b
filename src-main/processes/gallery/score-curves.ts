// What scores mean in a gallery, as curves: histograms of strangers and of the same people, and what each threshold lets through.

import { bandLabel, bandOf, type FaceBand } from '../../evaluation/meaning/face-bands.ts';
import { falseMatchRateAt } from '../../evaluation/meaning/false-match-rate.ts';
import type { ImpostorCurve } from '../../evaluation/meaning/impostor-curve.ts';
import { expectedFalseMatches, type GallerySizes } from '../../evaluation/meaning/result-meaning.ts';
import { cellFor, type ScoreMeaning } from '../../evaluation/score-meaning.ts';
import type { MeasuredOn } from '../../gallery/cases/case-items.ts';

/** Scores are cosines; unlike faces lie about 0. */
const LEAST = -0.25;
const BINS = 100;
const WIDTH = 0.0125;

export interface ScoreCurves {
  readonly measuredOn: MeasuredOn;
  /** One more than there are bins, ascending. */
  readonly edges: readonly number[];
  /** Shares of all pairs, per bin; what lies beyond the edges is in none. */
  readonly impostor: readonly number[];
  readonly genuine: readonly number[] | null;
  /** At each edge. */
  readonly thresholds: readonly {
    readonly score: number;
    readonly fmr: number | null;
    readonly fmrHigh: number;
    readonly expected: number | null;
    readonly expectedHigh: number | null;
  }[];
}

/**
 * Of a probe of so many faces against a gallery of such sizes; the histograms are of the band that most entries have. Null where
 * that was not measured.
 */
export function scoreCurves(
  meaning: ScoreMeaning,
  probeFaces: number,
  sizes: GallerySizes,
): ScoreCurves | null {
  const probeBand = bandOf(probeFaces);
  const galleryBand = sizes.indexOf(Math.max(...sizes)) as FaceBand;
  const cell = cellFor(meaning, probeBand, galleryBand);
  if (cell === null) return null;
  const { impostors, tail, genuine = null } = cell;
  const edges = Array.from({ length: BINS + 1 }, (_, at) => Number((LEAST + at * WIDTH).toFixed(4)));
  return {
    measuredOn: {
      source: meaning.source,
      probeFaces: bandLabel(probeBand),
      galleryFaces: bandLabel(galleryBand),
      pairs: impostors.pairs,
      people: impostors.people,
    },
    edges,
    impostor: sharesOf(edges, (score) => impostorShareAt(impostors, score)),
    genuine: genuine && sharesOf(edges, (score) => quantileShareAt(genuine, score)),
    thresholds: edges.map((score) => {
      const { fmr, interval } = falseMatchRateAt(impostors, tail, score);
      const matches = expectedFalseMatches(meaning, probeBand, sizes, score);
      return {
        score,
        fmr,
        fmrHigh: interval.high,
        expected: matches?.expected ?? null,
        expectedHigh: matches?.interval.high ?? null,
      };
    }),
  };
}

function sharesOf(edges: readonly number[], atLeast: (score: number) => number): number[] {
  const shares = edges.map(atLeast);
  return shares.slice(1).map((share, at) => Math.max(0, shares[at] - share));
}

/** Share of pairs at or above a score, straight between the scores that the curve has kept. */
function impostorShareAt({ scores, counts, pairs }: ImpostorCurve, score: number): number {
  const below = scores.findIndex((kept) => kept < score);
  if (below === -1) return 1;
  if (below === 0) return 0;
  const part = (scores[below - 1] - score) / (scores[below - 1] - scores[below]);
  return (counts[below - 1] + part * (counts[below] - counts[below - 1])) / pairs;
}

function quantileShareAt(quantiles: readonly number[], score: number): number {
  const above = quantiles.findIndex((quantile) => quantile >= score);
  if (above === -1) return 0;
  if (above === 0) return 1;
  const part = (score - quantiles[above - 1]) / (quantiles[above] - quantiles[above - 1]);
  return 1 - (above - 1 + part) / (quantiles.length - 1);
}
