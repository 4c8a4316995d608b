// How sure a measured rate is: Wilson's interval for counts, the bootstrap for everything else.

import { ensure } from '../common/errors.ts';
import type { Rng } from '../common/rng.ts';
import type { ScoreSets } from './scores.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two-sided quantiles of the standard normal distribution, the levels in use. */
export const NORMAL_QUANTILES = {
  0.9: 1.6448536269514722,
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
} as const;

export type ConfidenceLevel = keyof typeof NORMAL_QUANTILES;

export interface BootstrapOptions {
  /** Default 1000. */
  readonly replicates?: number;
  /** Default 0.95. */
  readonly level?: ConfidenceLevel;
}

/**
 * Wilson's score interval for a proportion (E. B. Wilson 1927): it stays within 0 … 1 and says something sensible at no
 * successes at all, where the textbook interval has no width. Trials are taken as independent, which pairs that share
 * a face are not quite. Throws `bad-data` unless 0 ≤ successes ≤ trials and there is a trial.
 */
export function wilsonInterval(successes: number, trials: number, level: ConfidenceLevel = 0.95): Interval {
  ensure(
    trials > 0 && successes >= 0 && successes <= trials,
    'bad-data',
    `an interval needs 0 ≤ successes ≤ trials and a trial, not ${successes} of ${trials}`,
  );
  const z = NORMAL_QUANTILES[level];
  const proportion = successes / trials;
  const shrink = 1 + (z * z) / trials;
  const centre = (proportion + (z * z) / (2 * trials)) / shrink;
  const spread = Math.sqrt((proportion * (1 - proportion)) / trials + (z * z) / (4 * trials * trials));
  const half = (z * spread) / shrink;
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === trials ? 1 : Math.min(1, centre + half),
  };
}

/**
 * Percentile bootstrap (B. Efron 1979) of a statistic of score sets: genuine and impostor scores are resampled
 * separately, with replacement, so that their numbers stay. Quantiles interpolate linearly between replicates. The same
 * generator state gives the same interval.
 */
export function bootstrapInterval(
  sets: ScoreSets,
  statistic: (sets: ScoreSets) => number,
  rng: Rng,
  { replicates = 1000, level = 0.95 }: BootstrapOptions = {},
): Interval {
  ensure(
    Number.isInteger(replicates) && replicates >= 1,
    'bad-usage',
    `a bootstrap needs at least one replicate, not ${replicates}`,
  );
  const values = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    values[replicate] = statistic({
      genuine: resampleSorted(sets.genuine, rng),
      impostor: resampleSorted(sets.impostor, rng),
    });
  }
  values.sort();
  return { low: quantileOfSorted(values, (1 - level) / 2), high: quantileOfSorted(values, (1 + level) / 2) };
}

/** A sample of the same size, drawn with replacement, ascending without another sort. */
function resampleSorted(sorted: Float64Array, rng: Rng): Float64Array {
  const draws = new Uint32Array(sorted.length);
  for (let draw = 0; draw < sorted.length; draw++) draws[rng.int(sorted.length)]++;
  const sample = new Float64Array(sorted.length);
  let filled = 0;
  for (let index = 0; index < sorted.length; index++) {
    for (let copies = draws[index]; copies > 0; copies--) sample[filled++] = sorted[index];
  }
  return sample;
}

/** The value at `fraction` of the way from the first to the last, linear between neighbours. */
export function quantileOfSorted(sorted: Float64Array, fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}
