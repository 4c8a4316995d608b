// What one score set says over all thresholds: ROC and DET curve, area under the ROC curve, equal error rate.

import { ensure } from '../common/errors.ts';
import type { ScoreSets } from './scores.ts';
import { walkThresholds } from './thresholds.ts';

/**
 * Operating points from the strictest (FMR 0, FNMR 1) to the most lenient (FMR 1, FNMR 0), one entry of each
 * array per point. The ROC curve plots 1 − fnmr against fmr, the DET curve fnmr against fmr.
 */
export interface RocCurve {
  readonly thresholds: Float64Array;
  readonly fmr: Float64Array;
  readonly fnmr: Float64Array;
}

export interface EqualErrorRate {
  readonly rate: number;
  /** The operating point with the smallest larger error; of equal ones the strictest. */
  readonly threshold: number;
  readonly fmr: number;
  readonly fnmr: number;
}

/**
 * Area under the ROC curve: the chance that a random genuine score exceeds a random impostor score, a tie counting one
 * half (the Mann–Whitney statistic over the number of all genuine–impostor comparisons). Exact up to 2⁵² of those.
 */
export function areaUnderRoc(sets: ScoreSets): number {
  let twiceArea = 0;
  let previousGenuine = 0;
  let previousImpostor = 0;
  walkThresholds(sets, (_, acceptedGenuine, acceptedImpostor) => {
    twiceArea += (acceptedImpostor - previousImpostor) * (acceptedGenuine + previousGenuine);
    previousGenuine = acceptedGenuine;
    previousImpostor = acceptedImpostor;
  });
  return twiceArea / 2 / (sets.genuine.length * sets.impostor.length);
}

/**
 * Equal error rate. Going from strict to lenient, FMR rises from 0 to 1 and FNMR falls from 1 to 0; `rate` is where the
 * straight lines between neighbouring operating points cross FMR = FNMR (a randomised decision between two thresholds
 * reaches it). Scores that are all tied therefore give 0.5.
 */
export function equalErrorRate(sets: ScoreSets): EqualErrorRate {
  let rate = 1;
  let hasCrossed = false;
  let smallestError = Number.POSITIVE_INFINITY;
  let best = { threshold: Number.NaN, fmr: 0, fnmr: 1 };
  let previousFmr = 0;
  let gapBefore = 1; // FNMR − FMR at the point before; above 0 until they cross
  walkThresholds(sets, (threshold, acceptedGenuine, acceptedImpostor) => {
    const fmr = acceptedImpostor / sets.impostor.length;
    const fnmr = (sets.genuine.length - acceptedGenuine) / sets.genuine.length;
    if (Math.max(fmr, fnmr) < smallestError) {
      smallestError = Math.max(fmr, fnmr);
      best = { threshold, fmr, fnmr };
    }
    if (!hasCrossed && fmr >= fnmr) {
      hasCrossed = true;
      rate = previousFmr + ((fmr - previousFmr) * gapBefore) / (gapBefore + fmr - fnmr);
    }
    previousFmr = fmr;
    gapBefore = fnmr - fmr;
  });
  return { ...best, rate };
}

/**
 * The curve for plots and tables, at most about `maxPoints` long. Every point is an exact operating point; where there
 * are too many, those stay that move the curve on, by linear and by logarithmic scale of both errors alike, so that the
 * corner at low FMR keeps its shape. Both ends always stay.
 */
export function rocCurve(sets: ScoreSets, maxPoints = 1000): RocCurve {
  ensure(
    Number.isInteger(maxPoints) && maxPoints >= 2,
    'bad-usage',
    `a curve needs at least 2 points, not ${maxPoints}`,
  );
  const genuine = sets.genuine.length;
  const impostor = sets.impostor.length;
  let points = 0;
  walkThresholds(sets, () => points++);
  // Progress runs from 0 to 4: both errors, each linearly and in logarithms of its count.
  const step = points <= maxPoints ? 0 : 4 / (maxPoints - 1);
  const logGenuine = Math.log1p(genuine);
  const logImpostor = Math.log1p(impostor);
  const thresholds: number[] = [];
  const fmr: number[] = [];
  const fnmr: number[] = [];
  let keptProgress = Number.NEGATIVE_INFINITY;
  walkThresholds(sets, (threshold, acceptedGenuine, acceptedImpostor) => {
    const rejectedGenuine = genuine - acceptedGenuine;
    const isLast = rejectedGenuine === 0 && acceptedImpostor === impostor;
    if (step > 0 && !isLast) {
      const progress =
        acceptedImpostor / impostor +
        acceptedGenuine / genuine +
        Math.log1p(acceptedImpostor) / logImpostor +
        (1 - Math.log1p(rejectedGenuine) / logGenuine);
      if (progress - keptProgress < step) return;
      keptProgress = progress;
    }
    thresholds.push(threshold);
    fmr.push(acceptedImpostor / impostor);
    fnmr.push(rejectedGenuine / genuine);
  });
  return {
    thresholds: Float64Array.from(thresholds),
    fmr: Float64Array.from(fmr),
    fnmr: Float64Array.from(fnmr),
  };
}
