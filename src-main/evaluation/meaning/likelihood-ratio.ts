// How much more likely a score is for one person than for two: monotone calibration of genuine and impostor scores by pool
// adjacent violators (M. Ayer et al. 1955; N. Brümmer, J. du Preez 2006), no further than the data support.

import { ensure } from '../../common/errors.ts';

/** A step function of the score, ascending. Serialisable. */
export interface LikelihoodCurve {
  /** Lowest score of each step; below the first one the first ratio holds. */
  readonly scores: readonly number[];
  /** log₁₀ of the likelihood ratio at each step, never falling. */
  readonly log10Ratios: readonly number[];
  readonly genuinePairs: number;
  readonly genuineSubjects: number;
  readonly impostorPairs: number;
}

export interface LikelihoodEvidence {
  readonly genuine: Float64Array;
  readonly genuineSubjects: number;
  readonly impostor: Float64Array;
  /** Independent pairs that the impostor pairs are worth in their tail. */
  readonly effectiveImpostors: number;
}

interface Step {
  score: number;
  genuine: number;
  impostor: number;
}

/**
 * Fits the curve. One imagined impostor of the weight of one independent pair stands above all scores, and one imagined
 * genuine pair of the weight of one subject below: so the largest ratio is at most the number of independent impostor pairs,
 * and the smallest no less than one over the number of genuine subjects. Throws `bad-data` without pairs of both kinds.
 */
export function likelihoodCurve(evidence: LikelihoodEvidence): LikelihoodCurve {
  const { genuineSubjects, effectiveImpostors } = evidence;
  const genuine = evidence.genuine.slice().sort();
  const impostor = evidence.impostor.slice().sort();
  ensure(
    genuine.length > 0 && impostor.length > 0 && genuineSubjects > 0 && effectiveImpostors > 0,
    'bad-data',
    `a likelihood ratio needs genuine and impostor pairs, there are ${genuine.length} and ${impostor.length}`,
  );
  const steps: Step[] = [];
  const add = (score: number, genuineShare: number, impostorShare: number): void => {
    steps.push({ score, genuine: genuineShare, impostor: impostorShare });
    pool(steps);
  };
  add(Number.NEGATIVE_INFINITY, 1 / genuineSubjects, 0);
  let g = 0;
  let i = 0;
  while (g < genuine.length || i < impostor.length) {
    const score = Math.min(genuine[g] ?? Number.POSITIVE_INFINITY, impostor[i] ?? Number.POSITIVE_INFINITY);
    const [gFirst, iFirst] = [g, i];
    while (genuine[g] === score) g++;
    while (impostor[i] === score) i++;
    add(score, (g - gFirst) / genuine.length, (i - iFirst) / impostor.length);
  }
  add(Number.POSITIVE_INFINITY, 0, 1 / effectiveImpostors);
  return {
    // The first step begins at the imagined pair below all scores; JSON knows no infinity.
    scores: steps.map(({ score }) => Math.max(score, Math.min(genuine[0], impostor[0]))),
    log10Ratios: steps.map((step) => Math.log10(step.genuine / step.impostor)),
    genuinePairs: genuine.length,
    genuineSubjects,
    impostorPairs: impostor.length,
  };
}

/** Joins the last steps for as long as the one before has at least as large a ratio. */
function pool(steps: Step[]): void {
  while (steps.length > 1) {
    const last = steps[steps.length - 1];
    const before = steps[steps.length - 2];
    // before.genuine / before.impostor ≥ last.genuine / last.impostor, without dividing by nothing
    if (before.genuine * last.impostor < last.genuine * before.impostor) return;
    before.genuine += last.genuine;
    before.impostor += last.impostor;
    steps.pop();
  }
}

/** log₁₀ of the likelihood ratio at a score. */
export function log10LikelihoodRatio({ scores, log10Ratios }: LikelihoodCurve, score: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (scores[middle] <= score) low = middle + 1;
    else high = middle;
  }
  return log10Ratios[Math.max(0, low - 1)];
}

/** The lowest score from which on the ratio is at least so large; null where it never is. */
export function scoreAtRatio({ scores, log10Ratios }: LikelihoodCurve, log10Ratio: number): number | null {
  const step = log10Ratios.findIndex((ratio) => ratio >= log10Ratio);
  return step === -1 ? null : scores[step];
}
