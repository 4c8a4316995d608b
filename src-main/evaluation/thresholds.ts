// The accept rule (score ≥ threshold), the rates it gives, and the thresholds worth looking at.
// Conventions of bob.measure: a threshold at FMR x means at most x; scores equal to the threshold are accepted, so that
// ties count against the system.

import { ensure } from '../common/errors.ts';
import type { ScoreSets } from './scores.ts';

/** Rates at one threshold. FMR: accepted impostors / impostors; FNMR: rejected genuine / genuine. */
export interface RatesAtThreshold {
  readonly threshold: number;
  readonly falseMatches: number;
  readonly falseNonMatches: number;
  readonly fmr: number;
  readonly fnmr: number;
}

const bits = (value: number): bigint => new BigInt64Array(new Float64Array([value]).buffer)[0];
const fromBits = (word: bigint): number => new Float64Array(new BigInt64Array([word]).buffer)[0];

/** The next larger float64: as a threshold it rejects `score` and accepts all that is larger. */
export function nextAbove(score: number): number {
  if (score === 0) return Number.MIN_VALUE;
  return fromBits(bits(score) + (score > 0 ? 1n : -1n));
}

/** The midpoint of two scores, as a threshold: it accepts `higher` and rejects `lower`, however close they are. */
export function thresholdBetween(lower: number, higher: number): number {
  const middle = lower / 2 + higher / 2;
  return middle > lower ? middle : higher;
}

/** How many of the ascending scores the rule accepts. */
export function countAccepted(sorted: Float64Array, threshold: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] >= threshold) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}

export function ratesAt({ genuine, impostor }: ScoreSets, threshold: number): RatesAtThreshold {
  const falseMatches = countAccepted(impostor, threshold);
  const falseNonMatches = genuine.length - countAccepted(genuine, threshold);
  return {
    threshold,
    falseMatches,
    falseNonMatches,
    fmr: falseMatches / impostor.length,
    fnmr: falseNonMatches / genuine.length,
  };
}

/**
 * Visits every operating point once, from the strictest to the most lenient: first just above the highest score (nothing
 * is accepted), then each distinct score as the threshold, down to the lowest (everything is). O(genuine + impostor).
 */
export function walkThresholds(
  { genuine, impostor }: ScoreSets,
  visit: (threshold: number, acceptedGenuine: number, acceptedImpostor: number) => void,
): void {
  let genuineLeft = genuine.length;
  let impostorLeft = impostor.length;
  visit(nextAbove(highestScore({ genuine, impostor })), 0, 0);
  while (genuineLeft > 0 || impostorLeft > 0) {
    const highestGenuine = genuineLeft > 0 ? genuine[genuineLeft - 1] : Number.NEGATIVE_INFINITY;
    const highestImpostor = impostorLeft > 0 ? impostor[impostorLeft - 1] : Number.NEGATIVE_INFINITY;
    const score = Math.max(highestGenuine, highestImpostor);
    while (genuineLeft > 0 && genuine[genuineLeft - 1] === score) genuineLeft--;
    while (impostorLeft > 0 && impostor[impostorLeft - 1] === score) impostorLeft--;
    visit(score, genuine.length - genuineLeft, impostor.length - impostorLeft);
  }
}

/**
 * The most lenient threshold with FMR ≤ target, among the scores seen: the smallest score of either class that
 * keeps the rule. When no score seen does, the next number above the highest impostor. Throws `bad-usage` unless
 * 0 ≤ target ≤ 1.
 */
export function thresholdAtFmr({ genuine, impostor }: ScoreSets, target: number): number {
  const allowed = falseMatchesAllowed(impostor.length, target);
  if (allowed === impostor.length) return Math.min(genuine[0], impostor[0]);
  const firstRejected = impostor[impostor.length - 1 - allowed];
  const above = nextAbove(firstRejected);
  const candidates = [genuine, impostor]
    .map((sorted) => sorted[sorted.length - countAccepted(sorted, above)])
    .filter((score) => score !== undefined);
  return candidates.length === 0 ? above : Math.min(...candidates);
}

/** The largest count whose rate among the impostors is at most the target. */
export function falseMatchesAllowed(impostors: number, target: number): number {
  ensure(target >= 0 && target <= 1, 'bad-usage', `an FMR lies between 0 and 1, not at ${target}`);
  const count = Math.floor(target * impostors);
  // 0.29 × 100 is 28.999… in floating point, though 29/100 = 0.29.
  return count < impostors && (count + 1) / impostors <= target ? count + 1 : count;
}

export function highestScore({ genuine, impostor }: ScoreSets): number {
  return Math.max(genuine[genuine.length - 1], impostor[impostor.length - 1]);
}
