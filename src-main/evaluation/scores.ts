// Genuine and impostor scores: checked, sorted, split by label. Every metric starts from here.

import { ensure, GlimpseError } from '../common/errors.ts';

/** Similarity scores, higher is more alike; each list ascending, finite and not empty. */
export interface ScoreSets {
  readonly genuine: Float64Array;
  readonly impostor: Float64Array;
}

/** A comparison's label; the fold is of use to cross-validation alone. */
export interface LabelledPair {
  readonly isGenuine: boolean;
  /** 0 … folds − 1. */
  readonly fold: number;
}

/** Copies and sorts both lists. Throws `bad-data` for an empty list and `not-finite` for NaN and infinities. */
export function scoreSets(genuine: ArrayLike<number>, impostor: ArrayLike<number>): ScoreSets {
  return { genuine: sortedScores(genuine, 'genuine'), impostor: sortedScores(impostor, 'impostor') };
}

/** Splits the scores of labelled pairs, `scores[i]` being that of `pairs[i]`. Throws as `scoreSets` does. */
export function splitScores(scores: ArrayLike<number>, pairs: readonly LabelledPair[]): ScoreSets {
  ensureScorePerPair(scores, pairs);
  let genuinePairs = 0;
  for (const { isGenuine } of pairs) if (isGenuine) genuinePairs++;
  const genuine = new Float64Array(genuinePairs);
  const impostor = new Float64Array(pairs.length - genuinePairs);
  let genuineFilled = 0;
  let impostorFilled = 0;
  for (let pair = 0; pair < pairs.length; pair++) {
    if (pairs[pair].isGenuine) genuine[genuineFilled++] = scores[pair];
    else impostor[impostorFilled++] = scores[pair];
  }
  return { genuine: sortInPlace(genuine, 'genuine'), impostor: sortInPlace(impostor, 'impostor') };
}

export function ensureScorePerPair(scores: ArrayLike<number>, pairs: readonly LabelledPair[]): void {
  ensure(
    scores.length === pairs.length,
    'bad-data',
    `every pair needs one score: there are ${pairs.length} pairs and ${scores.length} scores`,
  );
}

function sortedScores(scores: ArrayLike<number>, kind: 'genuine' | 'impostor'): Float64Array {
  return sortInPlace(new Float64Array(scores), kind);
}

function sortInPlace(scores: Float64Array, kind: 'genuine' | 'impostor'): Float64Array {
  ensureSome(scores, kind);
  ensureFinite(scores, kind);
  // Without a comparator a typed array sorts by number, not by text.
  return scores.sort();
}

/** Throws `not-finite`, naming the first bad score. */
export function ensureFinite(scores: Float64Array, kind: 'genuine' | 'impostor'): void {
  for (let index = 0; index < scores.length; index++) {
    if (Number.isFinite(scores[index])) continue;
    throw new GlimpseError(
      'not-finite',
      `${kind} score ${index + 1} of ${scores.length} is ${scores[index]}: scores must be finite numbers`,
    );
  }
}

/** Throws `bad-data` naming the class that has no score. */
export function ensureBothClasses({ genuine, impostor }: ScoreSets): void {
  ensureSome(genuine, 'genuine');
  ensureSome(impostor, 'impostor');
}

function ensureSome(scores: Float64Array, kind: 'genuine' | 'impostor'): void {
  ensure(scores.length > 0, 'bad-data', `there are no ${kind} scores: both genuine and impostor are needed`);
}
