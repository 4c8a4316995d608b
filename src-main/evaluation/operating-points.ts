// TAR@FAR: how many genuine pairs are accepted at a given FMR, and whether the data can say so at all.

import { ensure } from '../common/errors.ts';
import { type Interval, wilsonInterval } from './confidence.ts';
import type { ScoreSets } from './scores.ts';
import { falseMatchesAllowed, ratesAt, thresholdAtFmr } from './thresholds.ts';

/** The FMRs reported by default. */
export const REPORTED_FMRS: readonly number[] = [1e-1, 1e-2, 1e-3, 1e-4];

/**
 * How many false matches a target FMR must allow before Glimpse reports on it. With 10 of them the standard error of the
 * FMR is about a third of the FMR itself (1/√10). ISO/IEC 19795-1 knows a rule of 3 (fewer cannot even bound the rate
 * from above) and a rule of 30 (90 % sure to be within 30 %); 10 lies between, and the interval stands beside it.
 */
export const FALSE_MATCHES_NEEDED = 10;

export interface SupportedPoint {
  readonly kind: 'supported';
  readonly targetFmr: number;
  /** Accept score ≥ threshold. */
  readonly threshold: number;
  readonly impostors: number;
  readonly falseMatchesAllowed: number;
  /** Can be below what is allowed: tied impostors are accepted or rejected together. */
  readonly falseMatches: number;
  readonly fmr: number;
  readonly fmrInterval: Interval;
  readonly genuines: number;
  readonly trueMatches: number;
  /** True accept rate, 1 − FNMR. */
  readonly tar: number;
  readonly tarInterval: Interval;
}

/** The data hold too few impostor pairs for the target. */
export interface RefusedPoint {
  readonly kind: 'refused';
  readonly targetFmr: number;
  readonly impostors: number;
  readonly impostorsNeeded: number;
  readonly reason: string;
}

export type OperatingPoint = SupportedPoint | RefusedPoint;

/** The operating point at FMR ≤ target, or a refusal. Throws `bad-usage` unless 0 < target ≤ 1. Intervals: Wilson, 95 %. */
export function operatingPointAt(sets: ScoreSets, targetFmr: number): OperatingPoint {
  ensure(targetFmr > 0 && targetFmr <= 1, 'bad-usage', `a target FMR lies in (0, 1], not at ${targetFmr}`);
  const impostors = sets.impostor.length;
  const impostorsNeeded = impostorsNeededFor(targetFmr);
  if (impostors < impostorsNeeded) {
    const reason =
      `FMR ${targetFmr} needs at least ${impostorsNeeded} impostor pairs ` +
      `(${FALSE_MATCHES_NEEDED} false matches), there are ${impostors}`;
    return { kind: 'refused', targetFmr, impostors, impostorsNeeded, reason };
  }
  const threshold = thresholdAtFmr(sets, targetFmr);
  const { falseMatches, falseNonMatches, fmr } = ratesAt(sets, threshold);
  const genuines = sets.genuine.length;
  const trueMatches = genuines - falseNonMatches;
  return {
    kind: 'supported',
    targetFmr,
    threshold,
    impostors,
    falseMatchesAllowed: falseMatchesAllowed(impostors, targetFmr),
    falseMatches,
    fmr,
    fmrInterval: wilsonInterval(falseMatches, impostors),
    genuines,
    trueMatches,
    tar: trueMatches / genuines,
    tarInterval: wilsonInterval(trueMatches, genuines),
  };
}

/** The smallest number of impostor pairs that supports an FMR. */
export function impostorsNeededFor(targetFmr: number): number {
  const exact = FALSE_MATCHES_NEEDED / targetFmr;
  const nearest = Math.round(exact);
  // 10 / 0.007 and its like may come out a hair above the whole number they mean.
  return Math.abs(exact - nearest) < 1e-9 * exact ? nearest : Math.ceil(exact);
}
