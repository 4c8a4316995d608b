// A tail beyond the highest impostor scores, offered only where it foretold how often people it had not seen reach scores ten
// times rarer than its own pairs could show.
//
// The cosine s of two random directions in d dimensions has a density proportional to (1 − s²)^((d − 3) / 2), so the
// depth −ln(1 − s²) has a tail that is nearly exponential, with a rate that tells the dimension. Embeddings spread over fewer
// dimensions than they have, so the rate is fitted. Tried and dropped, on scores whose tail is known: a generalised Pareto
// tail in s (J. Pickands 1975), whose shape scatters so widely over a few hundred excesses that half of all fits
// put the end before scores that do occur; an exponential in s, ten times too high.

import type { Rng } from '../../common/rng.ts';
import { medianOf } from '../../common/statistics.ts';
import { effectiveInterval } from '../count-intervals.ts';
import { type ImpostorCurve, impostorCurve } from './impostor-curve.ts';
import type { ImpostorPairs } from './impostor-pairs.ts';

/** FMR(score) = share · exp(−(depth of score − from) / scale) beyond `from`. Serialisable. */
export interface FittedTail {
  /** A depth, −ln(1 − score²). */
  readonly from: number;
  /** Share of impostor pairs beyond `from`. */
  readonly share: number;
  /** Mean excess over `from`; near 2 / (d − 1) for random directions in d dimensions. */
  readonly scale: number;
  /** The check went this far and no further: no smaller FMR is ever said. */
  readonly deepestFmr: number;
  /** FMR of one pair: beyond the highest score no larger one is ever said. */
  readonly highestFmr: number;
}

/** Factor of rarity that the check bridges, and that the fit is then trusted for. */
const REACH = 10;
/** With fewer the check would pass whatever is foretold, because it knows nothing itself. */
const FEWEST_INDEPENDENT_PAIRS = 100_000;
const EXCEEDANCES = 200;
/** Fewer in the check: a tenth of a half has a fortieth of the pairs, and its 200 highest would reach down to where no tail is. */
const CHECK_EXCEEDANCES = 100;
/** Numbers of pairs of unseen people, highest first, whose scores the fit must foretell. */
const CHECKED_COUNTS = [1, 3, 10, 30];

/**
 * Fits the tail, or null: with fewer than 100,000 independent pairs or a tenth of all, or when fits to each tenth of the pairs
 * among one half of the people fail to foretell the other half: their median outside the 99 % interval of the pairs counted
 * there, at any of four counts.
 */
export function fitTail(sample: ImpostorPairs, curve: ImpostorCurve, rng: Rng): FittedTail | null {
  const fewest = Math.max(FEWEST_INDEPENDENT_PAIRS, curve.pairs / REACH);
  if (curve.effectivePairs[0] < fewest || !foretellsOthers(sample, rng)) return null;
  const fit = fitDepths(sample.scores, EXCEEDANCES);
  if (fit === null) return null;
  return { ...fit, deepestFmr: 1 / (REACH * curve.effectivePairs[0]), highestFmr: 1 / curve.pairs };
}

/** FMR at a score beyond the highest one seen; between the deepest that was checked and that of one pair. */
export function fittedFmr(tail: FittedTail, score: number): number {
  return Math.max(tail.deepestFmr, Math.min(tail.highestFmr, survival(tail, score)));
}

/** The score at an FMR within reach, or null. */
export function fittedScore({ from, share, scale, deepestFmr }: FittedTail, fmr: number): number | null {
  if (fmr < deepestFmr || fmr > share) return null;
  const depth = from - scale * Math.log(fmr / share);
  return Math.sqrt(-Math.expm1(-depth));
}

/** 0 for all scores up to 0: there the tail is not the upper one. */
function depthOf(score: number): number {
  if (score <= 0) return 0;
  return -Math.log(Math.max(Number.EPSILON, (1 - score) * (1 + score)));
}

type Exponential = Omit<FittedTail, 'deepestFmr' | 'highestFmr'>;

function survival({ from, share, scale }: Exponential, score: number): number {
  return share * Math.exp(-Math.max(0, depthOf(score) - from) / scale);
}

/** From the `count` highest scores; null when they are all tied or there are no more. */
function fitDepths(scores: Float64Array, count: number): Exponential | null {
  if (count >= scores.length) return null;
  const highest = scores
    .slice()
    .sort()
    .subarray(scores.length - count - 1);
  const depths = highest.map(depthOf);
  const from = depths[0];
  const scale = depths.reduce((sum, depth) => sum + (depth - from), 0) / count;
  return scale > 0 ? { from, share: count / scores.length, scale } : null;
}

function foretellsOthers(sample: ImpostorPairs, rng: Rng): boolean {
  const isInFirstHalf = Uint8Array.from({ length: sample.people }, () => rng.int(2));
  const tenths = Array.from({ length: REACH }, (): number[] => []);
  const unseenPairs: number[] = [];
  for (let pair = 0; pair < sample.scores.length; pair++) {
    const side = isInFirstHalf[sample.probePeople[pair]] + isInFirstHalf[sample.galleryPeople[pair]];
    if (side === 2) tenths[rng.int(REACH)].push(sample.scores[pair]);
    if (side === 0) unseenPairs.push(pair);
  }
  const fits = tenths.flatMap((scores) => {
    const fit = fitDepths(Float64Array.from(scores), CHECK_EXCEEDANCES);
    return fit === null ? [] : [fit];
  });
  if (fits.length < REACH || unseenPairs.length === 0) return false;
  const unseen = impostorCurve({
    scores: Float64Array.from(unseenPairs, (pair) => sample.scores[pair]),
    probePeople: Int32Array.from(unseenPairs, (pair) => sample.probePeople[pair]),
    galleryPeople: Int32Array.from(unseenPairs, (pair) => sample.galleryPeople[pair]),
    people: sample.people,
  });
  return CHECKED_COUNTS.every((count) => {
    const at = unseen.counts.findIndex((kept) => kept >= count);
    const rate = unseen.counts[at] / unseen.pairs;
    const { low, high } = effectiveInterval({ rate, effectiveTrials: unseen.effectivePairs[at] }, 0.99);
    const foretold = medianOf(fits.map((fit) => survival(fit, unseen.scores[at])));
    return low <= foretold && foretold <= high;
  });
}
