// Intervals of a rate that was counted: exact for independent trials, and for trials that share subjects by way of the
// number of independent trials that would know as much.

import { ensure } from '../common/errors.ts';
import { betaQuantile, studentQuantile } from './beta.ts';
import { type ConfidenceLevel, type Interval, NORMAL_QUANTILES } from './confidence.ts';

/** A rate, and the number of independent trials that would know it as well. */
export interface EffectiveRate {
  readonly rate: number;
  /** At most the number of trials made; a whole number only by accident. */
  readonly effectiveTrials: number;
}

/**
 * The exact interval of a proportion (C. J. Clopper, E. S. Pearson 1934): it holds the true rate at least as often as
 * `level` says. Counts may be fractions, as effective ones are. At no successes in n trials its upper end is 3.69 / n for
 * 95 %, the two-sided form of the rule of three. Throws `bad-data` unless 0 ≤ successes ≤ trials and trials > 0.
 */
export function clopperPearson(successes: number, trials: number, level: ConfidenceLevel = 0.95): Interval {
  ensure(
    trials > 0 && successes >= 0 && successes <= trials,
    'bad-data',
    `an interval needs 0 ≤ successes ≤ trials and a trial, not ${successes} of ${trials}`,
  );
  const outside = (1 - level) / 2;
  const failures = trials - successes;
  return {
    low: successes === 0 ? 0 : betaQuantile(outside, successes, failures + 1),
    high: failures === 0 ? 1 : betaQuantile(1 - outside, successes + 1, failures),
  };
}

/** Clopper and Pearson's interval at the effective number of trials (E. L. Korn, B. I. Graubard 1998). */
export function effectiveInterval(
  { rate, effectiveTrials }: EffectiveRate,
  level: ConfidenceLevel = 0.95,
): Interval {
  // The product may exceed the trials by a rounding error at a rate of 1.
  return clopperPearson(Math.min(rate * effectiveTrials, effectiveTrials), effectiveTrials, level);
}

/**
 * The number of independent trials with this variance at this rate, never more than there were, times (z / t)² as Korn and
 * Graubard do, because the variance is itself an estimate.
 * @param degreesOfFreedom of the variance, from 1
 */
export function effectiveTrialsOf(
  rate: number,
  variance: number,
  trials: number,
  degreesOfFreedom: number,
  level: ConfidenceLevel = 0.95,
): number {
  const independent = variance > 0 ? (rate * (1 - rate)) / variance : trials;
  const uncertainty = (NORMAL_QUANTILES[level] / studentQuantile(level, degreesOfFreedom)) ** 2;
  return Math.min(trials, independent) * Math.min(1, uncertainty);
}

/**
 * A rate over trials that come in clusters, such as the searches of one subject's faces: `successes[k]` of
 * `trials[k]` in cluster k. Variance of a ratio estimated over clusters (W. G. Cochran 1977, ch. 9). Where all
 * trials end alike nothing can be said about their dependence, and each cluster counts as one trial. Throws `bad-data`
 * without a trial.
 */
export function clusteredRate(successes: ArrayLike<number>, trials: ArrayLike<number>): EffectiveRate {
  let clusters = 0;
  let total = 0;
  let hits = 0;
  for (let cluster = 0; cluster < trials.length; cluster++) {
    if (trials[cluster] > 0) clusters++;
    total += trials[cluster];
    hits += successes[cluster];
  }
  ensure(total > 0, 'bad-data', 'a rate needs at least one trial, there is none');
  const rate = hits / total;
  if (hits === 0 || hits === total) return { rate, effectiveTrials: clusters };
  if (clusters === 1) return { rate, effectiveTrials: 1 };
  let squares = 0;
  for (let cluster = 0; cluster < trials.length; cluster++) {
    squares += (successes[cluster] - rate * trials[cluster]) ** 2;
  }
  const variance = ((clusters / (clusters - 1)) * squares) / (total * total);
  return { rate, effectiveTrials: effectiveTrialsOf(rate, variance, total, clusters - 1) };
}
