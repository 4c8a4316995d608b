// The FMR at a score, and the score at an FMR, as far as an impostor curve knows them.

import { ensure } from '../../common/errors.ts';
import type { ConfidenceLevel, Interval } from '../confidence.ts';
import { clopperPearson, effectiveInterval } from '../count-intervals.ts';
import { FALSE_MATCHES_NEEDED, impostorsNeededFor } from '../operating-points.ts';
import { falseMatchesAllowed } from '../thresholds.ts';
import type { ImpostorCurve } from './impostor-curve.ts';
import { type FittedTail, fittedFmr, fittedScore } from './tail-fit.ts';

/**
 * What is known of the FMR at a score. `counted`: pairs reached it. `fitted`: none did, and a tail that was checked on people
 * it had not seen says how rare it is; the interval is still that of the counts. `bounded`: none did, only the upper end of
 * the interval is known (the rule of three, on independent pairs).
 */
export interface FalseMatchRate {
  readonly basis: 'counted' | 'fitted' | 'bounded';
  /** Null when only bounded. */
  readonly fmr: number | null;
  /** 95 % by default. */
  readonly interval: Interval;
  /** Sampled pairs at or above the score; between kept thresholds of large counts interpolated. */
  readonly falseMatches: number;
  readonly pairs: number;
}

export function falseMatchRateAt(
  curve: ImpostorCurve,
  tail: FittedTail | null,
  score: number,
  level: ConfidenceLevel = 0.95,
): FalseMatchRate {
  ensure(Number.isFinite(score), 'not-finite', `a score is a finite number, not ${score}`);
  const { pairs, effectivePairs } = curve;
  const { count, at } = countAt(curve, score);
  if (count === 0) {
    const interval = clopperPearson(0, effectivePairs[0], level);
    const fmr = tail === null ? null : fittedFmr(tail, score);
    return { basis: fmr === null ? 'bounded' : 'fitted', fmr, interval, falseMatches: 0, pairs };
  }
  const fmr = count / pairs;
  const interval = effectiveInterval({ rate: fmr, effectiveTrials: effectivePairs[at] }, level);
  return { basis: 'counted', fmr, interval, falseMatches: count, pairs };
}

/** A threshold at which at most the target share of impostor pairs is accepted. */
export interface ScoreAtFmr {
  readonly kind: 'supported';
  readonly targetFmr: number;
  /** Accept score ≥ threshold. */
  readonly threshold: number;
  readonly rate: FalseMatchRate;
}

/** The pairs are too few for the target: fewer than ten would be false matches. */
export interface RefusedScoreAtFmr {
  readonly kind: 'refused';
  readonly targetFmr: number;
  readonly reason: string;
}

/** The most lenient threshold with FMR ≤ target; with fewer than ten false matches only where a fitted tail goes on. */
export function scoreAtFmr(
  curve: ImpostorCurve,
  tail: FittedTail | null,
  targetFmr: number,
): ScoreAtFmr | RefusedScoreAtFmr {
  ensure(targetFmr > 0 && targetFmr <= 1, 'bad-usage', `a target FMR lies in (0, 1], not at ${targetFmr}`);
  const allowed = falseMatchesAllowed(curve.pairs, targetFmr);
  if (allowed < FALSE_MATCHES_NEEDED) {
    const fitted = tail === null ? null : fittedScore(tail, targetFmr);
    if (fitted !== null) {
      return { kind: 'supported', targetFmr, threshold: fitted, rate: falseMatchRateAt(curve, tail, fitted) };
    }
    const reason =
      `FMR ${targetFmr} needs at least ${impostorsNeededFor(targetFmr)} pairs of different subjects ` +
      `(${FALSE_MATCHES_NEEDED} false matches), there are ${curve.pairs}`;
    return { kind: 'refused', targetFmr, reason };
  }
  const at = lastIndex(curve.counts, (count) => count <= allowed);
  // All of the highest scores may be tied: then only what lies above them keeps the target.
  const threshold = at === -1 ? curve.scores[0] + 2 ** -30 : thresholdFrom(curve, at, allowed);
  return { kind: 'supported', targetFmr, threshold, rate: falseMatchRateAt(curve, tail, threshold) };
}

/** Pairs at or above a score, and the kept threshold whose dependence holds for it. */
function countAt({ scores, counts }: ImpostorCurve, score: number): { count: number; at: number } {
  const at = lastIndex(scores, (kept) => kept >= score);
  if (at === -1) return { count: 0, at: 0 };
  const isExact = at === scores.length - 1 || scores[at] === score || counts[at + 1] === counts[at] + 1;
  if (isExact) return { count: counts[at], at };
  const way = (scores[at] - score) / (scores[at] - scores[at + 1]);
  return { count: counts[at] * ((counts[at + 1] - 1) / counts[at]) ** way, at };
}

/** Down from a kept threshold as far as the count between it and the next stays within what is allowed. */
function thresholdFrom({ scores, counts }: ImpostorCurve, at: number, allowed: number): number {
  const isLast = at === scores.length - 1;
  if (isLast || counts[at + 1] <= counts[at] + 1) return scores[at];
  const way = Math.log(allowed / counts[at]) / Math.log((counts[at + 1] - 1) / counts[at]);
  return scores[at] - Math.max(0, Math.min(1, way)) * (scores[at] - scores[at + 1]) * (1 - 1e-9);
}

/** The last index whose value fulfils a condition that holds up to some index and not beyond; −1 for none. */
function lastIndex(values: readonly number[], holds: (value: number) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(values[middle])) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
