// Everything one verification protocol asks of a list of scored pairs, in one result.

import type { Rng } from '../common/rng.ts';
import {
  accuracyOfFolds,
  bestThresholdAccuracy,
  type CrossValidatedAccuracy,
  countFolds,
} from './accuracy.ts';
import { type BootstrapOptions, bootstrapInterval, type Interval } from './confidence.ts';
import { joinFolds, splitByFold } from './fold-scores.ts';
import { type OperatingPoint, operatingPointAt, REPORTED_FMRS } from './operating-points.ts';
import { areaUnderRoc, equalErrorRate } from './roc.ts';
import { ensureScorePerPair, type LabelledPair, type ScoreSets } from './scores.ts';

/** All rates are shares of 1, not percent. */
export interface VerificationResult {
  readonly pairs: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  readonly folds: number;
  /** Cross-validated over the folds; null when there is only one. */
  readonly accuracy: number | null;
  readonly accuracyStandardError: number | null;
  readonly foldAccuracies: CrossValidatedAccuracy['folds'];
  /** One threshold for all pairs, chosen on the same pairs: optimistic, but what the paper reports. */
  readonly bestThresholdAccuracy: number;
  readonly bestThreshold: number;
  readonly auc: number;
  /** Bootstrap; null unless a generator was given. */
  readonly aucInterval: Interval | null;
  readonly eer: number;
  readonly eerThreshold: number;
  /** One per target FMR, in the order asked for. */
  readonly operatingPoints: readonly OperatingPoint[];
}

export interface VerificationOptions {
  /** Default 1e-1 … 1e-4. */
  readonly targetFmrs?: readonly number[];
  /** Asks for a bootstrap interval of the AUC. */
  readonly bootstrap?: BootstrapOptions & { readonly rng: Rng };
}

/** Evaluates `scores[i]` of `pairs[i]`. Throws `bad-data` (no pairs of a class, empty fold) and `not-finite`. */
export function evaluateVerification(
  scores: ArrayLike<number>,
  pairs: readonly LabelledPair[],
  options: VerificationOptions = {},
): VerificationResult {
  ensureScorePerPair(scores, pairs);
  const folds = countFolds(pairs);
  const byFold = splitByFold(scores, pairs, folds);
  const sets = joinFolds(byFold);
  const crossValidated = folds >= 2 ? accuracyOfFolds(byFold, sets) : null;
  const best = bestThresholdAccuracy(sets);
  const { rate: eer, threshold: eerThreshold } = equalErrorRate(sets);
  return {
    pairs: pairs.length,
    genuinePairs: sets.genuine.length,
    impostorPairs: sets.impostor.length,
    folds,
    accuracy: crossValidated?.accuracy ?? null,
    accuracyStandardError: crossValidated?.standardError ?? null,
    foldAccuracies: crossValidated?.folds ?? [],
    bestThresholdAccuracy: best.accuracy,
    bestThreshold: best.threshold,
    auc: areaUnderRoc(sets),
    aucInterval: aucInterval(sets, options.bootstrap),
    eer,
    eerThreshold,
    operatingPoints: (options.targetFmrs ?? REPORTED_FMRS).map((target) => operatingPointAt(sets, target)),
  };
}

function aucInterval(sets: ScoreSets, bootstrap: VerificationOptions['bootstrap']): Interval | null {
  return bootstrap ? bootstrapInterval(sets, areaUnderRoc, bootstrap.rng, bootstrap) : null;
}
