// Bootstrap over people instead of pairs: pairs that share a person are not independent, and their interval says so.

import { ensure } from '../common/errors.ts';
import type { Rng } from '../common/rng.ts';
import { type BootstrapOptions, type Interval, quantileOfSorted } from './confidence.ts';
import { ensureScorePerPair, type LabelledPair } from './scores.ts';

/** Whose faces a pair compares, by any whole numbers from 0; equal ones in a genuine pair. */
export interface PairOfPeople {
  readonly leftSubject: number;
  readonly rightSubject: number;
}

/** An interval, and how many of the replicates it rests on. */
export interface BootstrapInterval extends Interval {
  readonly replicates: number;
  /** Replicates in which the statistic had no value, such as one without a genuine pair. */
  readonly replicatesWithoutValue: number;
}

/** With fewer valid replicates than this share of them the interval is refused. */
const LEAST_VALID = 0.95;

/**
 * Percentile bootstrap in which people are drawn with replacement: a genuine pair counts as often as its person was
 * drawn, an impostor pair as often as both were (the product). Where pairs share people this is wider than a bootstrap of
 * pairs, and for pairs of two people a little conservative (A. B. Owen 2007, "The pigeonhole bootstrap").
 * @param statistic of one weight per pair; NaN where it has no value
 * Throws `bad-data` for fewer than two people, or where more than 5 % of the replicates have no value.
 */
export function bootstrapByIdentity(
  pairs: readonly PairOfPeople[],
  statistic: (weights: Float64Array) => number,
  rng: Rng,
  { replicates = 1000, level = 0.95 }: BootstrapOptions = {},
): BootstrapInterval {
  ensure(
    Number.isInteger(replicates) && replicates >= 1,
    'bad-usage',
    `a bootstrap needs at least one replicate, not ${replicates}`,
  );
  const { left, right, people } = indexPeople(pairs);
  ensure(people >= 2, 'bad-data', `a bootstrap by identity needs at least two people, there are ${people}`);
  const weights = new Float64Array(pairs.length);
  const values = new Float64Array(replicates);
  let valid = 0;
  for (let replicate = 0; replicate < replicates; replicate++) {
    const drawn = new Uint32Array(people);
    for (let draw = 0; draw < people; draw++) drawn[rng.int(people)]++;
    for (let pair = 0; pair < weights.length; pair++) {
      weights[pair] = left[pair] === right[pair] ? drawn[left[pair]] : drawn[left[pair]] * drawn[right[pair]];
    }
    const value = statistic(weights);
    if (!Number.isNaN(value)) values[valid++] = value;
  }
  ensure(
    valid >= LEAST_VALID * replicates,
    'bad-data',
    `a bootstrap by identity of ${people} people had no value in ${replicates - valid} of ${replicates} replicates: too few people`,
  );
  const sorted = values.subarray(0, valid).sort();
  return {
    low: quantileOfSorted(sorted, (1 - level) / 2),
    high: quantileOfSorted(sorted, (1 + level) / 2),
    replicates: valid,
    replicatesWithoutValue: replicates - valid,
  };
}

/** Share of right decisions, pair by pair weighted; thresholds are taken as given. */
export function weightedAccuracy(right: ArrayLike<number>): (weights: Float64Array) => number {
  return (weights) => {
    let total = 0;
    let sum = 0;
    for (let pair = 0; pair < weights.length; pair++) {
      total += weights[pair];
      sum += weights[pair] * right[pair];
    }
    return sum / total;
  };
}

/** Area under the ROC curve of weighted pairs, a tie counting one half. Sorts once. Throws `bad-data` as scores do. */
export function weightedAuc(
  scores: ArrayLike<number>,
  pairs: readonly LabelledPair[],
): (weights: Float64Array) => number {
  ensureScorePerPair(scores, pairs);
  const order = Uint32Array.from(pairs, (_, pair) => pair).sort((a, b) => scores[a] - scores[b]);
  return (weights) => {
    let impostorBelow = 0;
    let genuineTotal = 0;
    let area = 0;
    for (let at = 0; at < order.length; ) {
      const score = scores[order[at]];
      let genuine = 0;
      let impostor = 0;
      for (; at < order.length && scores[order[at]] === score; at++) {
        if (pairs[order[at]].isGenuine) genuine += weights[order[at]];
        else impostor += weights[order[at]];
      }
      area += genuine * (impostorBelow + impostor / 2);
      impostorBelow += impostor;
      genuineTotal += genuine;
    }
    return area / (genuineTotal * impostorBelow);
  };
}

function indexPeople(pairs: readonly PairOfPeople[]): {
  left: Uint32Array;
  right: Uint32Array;
  people: number;
} {
  const known = new Map<number, number>();
  const indexOf = (subject: number): number => {
    const index = known.get(subject) ?? known.size;
    if (index === known.size) known.set(subject, index);
    return index;
  };
  const left = new Uint32Array(pairs.length);
  const right = new Uint32Array(pairs.length);
  for (const [pair, { leftSubject, rightSubject }] of pairs.entries()) {
    left[pair] = indexOf(leftSubject);
    right[pair] = indexOf(rightSubject);
  }
  return { left, right, people: known.size };
}
