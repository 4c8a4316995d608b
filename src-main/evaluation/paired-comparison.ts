// Two models on the same pairs: are they different, and by how much? McNemar's exact test and a paired bootstrap.

import { ensure } from '../common/errors.ts';
import type { Rng } from '../common/rng.ts';
import { betaCumulative } from './beta.ts';
import type { BootstrapOptions } from './confidence.ts';
import { type BootstrapInterval, bootstrapByIdentity, type PairOfPeople } from './identity-bootstrap.ts';

/** The pairs on which two models disagree, and how likely so uneven a split is between equal models. */
export interface McNemarResult {
  /** Right by the first model alone. */
  readonly onlyFirst: number;
  /** Right by the second model alone. */
  readonly onlySecond: number;
  /** Two-sided and exact (binomial); 1 where they never disagree. Takes pairs as independent. */
  readonly pValue: number;
}

export interface PairedComparison extends McNemarResult {
  readonly pairs: number;
  /** Accuracy of the first model minus the second's. */
  readonly difference: number;
  /** Of the difference, by a bootstrap over people that draws both models' pairs together; null without people. */
  readonly interval: BootstrapInterval | null;
}

/**
 * Q. McNemar 1947, in its exact form: under equal error rates a disagreement falls on either side with chance one half.
 * @param first 1 for each pair that the first model decides rightly, else 0
 */
export function mcNemar(first: ArrayLike<number>, second: ArrayLike<number>): McNemarResult {
  ensure(
    first.length === second.length && first.length > 0,
    'bad-data',
    `a paired comparison needs the same pairs on both sides, not ${first.length} and ${second.length}`,
  );
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let pair = 0; pair < first.length; pair++) {
    if (first[pair] > second[pair]) onlyFirst++;
    if (second[pair] > first[pair]) onlySecond++;
  }
  return { onlyFirst, onlySecond, pValue: binomialTwoSided(onlyFirst, onlySecond) };
}

/** McNemar's test, the difference of the accuracies, and its interval by identity where the people are known. */
export function comparePaired(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  people: readonly PairOfPeople[] | null,
  rng: Rng,
  options: BootstrapOptions = {},
): PairedComparison {
  const test = mcNemar(first, second);
  const pairs = first.length;
  const interval =
    people === null
      ? null
      : bootstrapByIdentity(people, (weights) => weightedDifference(first, second, weights), rng, options);
  return { ...test, pairs, difference: (test.onlyFirst - test.onlySecond) / pairs, interval };
}

function weightedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  weights: Float64Array,
): number {
  let total = 0;
  let sum = 0;
  for (let pair = 0; pair < weights.length; pair++) {
    total += weights[pair];
    sum += weights[pair] * (first[pair] - second[pair]);
  }
  return sum / total;
}

/** Twice the smaller tail of a fair coin, at most 1. P(X ≤ k) of n tosses is I_½(n − k, k + 1). */
function binomialTwoSided(left: number, right: number): number {
  const fewer = Math.min(left, right);
  const tosses = left + right;
  if (left === right) return 1;
  return Math.min(1, 2 * betaCumulative(0.5, tosses - fewer, fewer + 1));
}
