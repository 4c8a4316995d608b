// Verification accuracy: with the best threshold of all pairs, and cross-validated over the folds of a protocol.

import { ensure } from '../common/errors.ts';
import { bestThresholdWithout, joinFolds, splitByFold } from './fold-scores.ts';
import { ensureScorePerPair, type LabelledPair, type ScoreSets } from './scores.ts';
import { countAccepted, thresholdBetween, walkThresholds } from './thresholds.ts';

export interface BestAccuracy {
  readonly accuracy: number;
  /** Accept score ≥ threshold. */
  readonly threshold: number;
}

export interface FoldAccuracy extends BestAccuracy {
  /** 0 … folds − 1. */
  readonly fold: number;
  readonly pairs: number;
}

export interface CrossValidatedAccuracy {
  /** Mean of the folds' accuracies. */
  readonly accuracy: number;
  /** Sample standard deviation of the folds' accuracies / √folds. */
  readonly standardError: number;
  readonly folds: readonly FoldAccuracy[];
}

/**
 * The largest share of right decisions that one threshold reaches. Candidates are the midpoints between neighbouring
 * distinct scores, the lowest score (accept all) and the next number above the highest (accept none); among equally
 * accurate ones the highest wins, which is the one with the fewest false matches.
 */
export function bestThresholdAccuracy(sets: ScoreSets): BestAccuracy {
  const { genuine, impostor } = sets;
  let mostRight = -1;
  let threshold = Number.NaN;
  let lastVisited = Number.NaN;
  let awaitsMidpoint = false;
  walkThresholds(sets, (score, acceptedGenuine, acceptedImpostor) => {
    if (awaitsMidpoint) threshold = thresholdBetween(score, lastVisited);
    const right = acceptedGenuine + impostor.length - acceptedImpostor;
    awaitsMidpoint = right > mostRight;
    if (awaitsMidpoint) {
      mostRight = right;
      threshold = score;
    }
    lastVisited = score;
  });
  return { accuracy: mostRight / (genuine.length + impostor.length), threshold };
}

/**
 * The protocol of LFW (Huang et al. 2007): for each fold, the threshold is the best one of all other folds' pairs (as
 * `bestThresholdAccuracy` defines it) and is applied to the fold. Throws `bad-data` when there are fewer than two
 * folds, an empty fold, or others of a fold without both classes; `not-finite` for a bad score.
 */
export function crossValidatedAccuracy(
  scores: ArrayLike<number>,
  pairs: readonly LabelledPair[],
): CrossValidatedAccuracy {
  ensureScorePerPair(scores, pairs);
  const byFold = splitByFold(scores, pairs, countFolds(pairs));
  return accuracyOfFolds(byFold, joinFolds(byFold));
}

/** As `crossValidatedAccuracy`, from scores that are split and sorted already; `sets` are all of them. */
export function accuracyOfFolds(byFold: readonly ScoreSets[], sets: ScoreSets): CrossValidatedAccuracy {
  const count = byFold.length;
  ensure(count >= 2, 'bad-data', `cross-validation needs at least 2 folds, there are ${count}`);
  const folds = byFold.map((own, fold): FoldAccuracy => {
    const threshold = bestThresholdWithout(sets, own);
    const held = own.genuine.length + own.impostor.length;
    return { fold, pairs: held, accuracy: accuracyAt(own, threshold), threshold };
  });
  const accuracy = folds.reduce((sum, fold) => sum + fold.accuracy, 0) / count;
  const squares = folds.reduce((sum, fold) => sum + (fold.accuracy - accuracy) ** 2, 0);
  return { accuracy, standardError: Math.sqrt(squares / (count - 1) / count), folds };
}

/** The number of folds, each of which must have a pair. Throws `bad-data`. */
export function countFolds(pairs: readonly LabelledPair[]): number {
  const seen = new Set<number>();
  for (const { fold } of pairs) {
    ensure(Number.isInteger(fold) && fold >= 0, 'bad-data', `a fold is a whole number from 0, not ${fold}`);
    seen.add(fold);
  }
  for (let fold = 0; fold < seen.size; fold++) {
    ensure(seen.has(fold), 'bad-data', `fold ${fold + 1} has no pairs, though later folds have`);
  }
  return seen.size;
}

/** The share of right decisions at a threshold chosen elsewhere. */
export function accuracyAt({ genuine, impostor }: ScoreSets, threshold: number): number {
  const right = countAccepted(genuine, threshold) + impostor.length - countAccepted(impostor, threshold);
  return right / (genuine.length + impostor.length);
}

/** 1 for each pair that is decided rightly at its own fold's threshold, 0 for the others. */
export function rightDecisions(
  scores: ArrayLike<number>,
  pairs: readonly LabelledPair[],
  folds: readonly Pick<FoldAccuracy, 'threshold'>[],
): Uint8Array {
  ensureScorePerPair(scores, pairs);
  return Uint8Array.from(pairs, ({ fold, isGenuine }, pair) =>
    scores[pair] >= folds[fold].threshold === isGenuine ? 1 : 0,
  );
}
