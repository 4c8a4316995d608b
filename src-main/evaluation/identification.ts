// Identification: how often the right subject comes back from a search, by rank (closed set) and by threshold (open set).
// Terms of ISO/IEC 19795-1: FPIR, the share of non-mated searches that return anyone; FNIR, the share of mated searches that do
// not return the mate; TPIR = 1 − FNIR. Accept rule and ties as everywhere: score ≥ threshold, ties against the system.

import { ensure } from '../common/errors.ts';
import type { Interval } from './confidence.ts';
import { clusteredRate, effectiveInterval } from './count-intervals.ts';
import { FALSE_MATCHES_NEEDED, impostorsNeededFor } from './operating-points.ts';
import { rocCurve } from './roc.ts';
import { type ScoreSets, scoreSets } from './scores.ts';
import type { SearchOutcome } from './search-outcomes.ts';
import { thresholdAtFmr } from './thresholds.ts';

export const REPORTED_RANKS: readonly number[] = [1, 5, 10, 20];
export const REPORTED_FPIRS: readonly number[] = [1e-1, 1e-2, 1e-3];

/** A share of searches. The interval (95 %) takes searches of one subject's faces as dependent. */
export interface SearchRate {
  readonly searches: number;
  /** Different subjects among the probes. */
  readonly subjects: number;
  readonly hits: number;
  readonly rate: number;
  readonly interval: Interval;
}

/** One point of the CMC: the share of mated searches whose mate stands at this rank or better. */
export interface RankRate extends SearchRate {
  readonly rank: number;
}

export interface SupportedIdentification {
  readonly kind: 'supported';
  readonly targetFpir: number;
  /** Accept score ≥ threshold: the most lenient one with FPIR ≤ target among the scores seen. */
  readonly threshold: number;
  /** Hits are non-mated searches that return someone. */
  readonly fpir: SearchRate;
  /** Hits are mated searches that miss the mate. The interval takes the threshold as given. */
  readonly fnir: SearchRate;
  /** 1 − FNIR. */
  readonly tpir: number;
}

/** There are too few non-mated searches for the target. */
export interface RefusedIdentification {
  readonly kind: 'refused';
  readonly targetFpir: number;
  readonly nonMated: number;
  readonly nonMatedNeeded: number;
  readonly reason: string;
}

export type IdentificationPoint = SupportedIdentification | RefusedIdentification;

/** From the strictest threshold (FPIR 0, TPIR 0) to the most lenient (1, 1); one entry of each array per point. */
export interface TpirCurve {
  readonly thresholds: Float64Array;
  readonly fpir: Float64Array;
  readonly tpir: Float64Array;
}

export interface IdentificationResult {
  readonly mated: number;
  readonly nonMated: number;
  readonly cmc: readonly RankRate[];
  /** One for each target, in the order asked for; none without non-mated searches. */
  readonly openSet: readonly IdentificationPoint[];
}

export interface IdentificationOptions {
  readonly ranks?: readonly number[];
  readonly targetFpirs?: readonly number[];
}

export interface OpenSetOptions {
  /** A mate below this rank counts as missed, whatever its score. Default: any rank will do. */
  readonly withinRank?: number;
}

/** CMC and FNIR at every target FPIR. Throws `bad-data` without a mated search. */
export function evaluateIdentification(
  outcomes: readonly SearchOutcome[],
  { ranks = REPORTED_RANKS, targetFpirs = REPORTED_FPIRS }: IdentificationOptions = {},
): IdentificationResult {
  const { mated, nonMated } = splitOutcomes(outcomes);
  return {
    mated: mated.length,
    nonMated: nonMated.length,
    cmc: cumulativeMatches(outcomes, ranks),
    openSet: nonMated.length === 0 ? [] : targetFpirs.map((target) => identificationAt(outcomes, target)),
  };
}

/** Rank-k identification rates over the mated searches; non-mated ones are left out. Throws `bad-data` when none is mated. */
export function cumulativeMatches(outcomes: readonly SearchOutcome[], ranks: readonly number[]): RankRate[] {
  const { mated } = splitOutcomes(outcomes);
  ensure(mated.length > 0, 'bad-data', 'a CMC needs probes whose subjects are enrolled, there are none');
  return ranks.map((rank) => {
    ensure(Number.isInteger(rank) && rank >= 1, 'bad-usage', `a rank is a whole number from 1, not ${rank}`);
    return { rank, ...rateOf(mated, ({ mate }) => mate !== null && mate.rank <= rank) };
  });
}

/**
 * FNIR at FPIR ≤ target, or a refusal: the non-mated searches must allow ten false ones, as for an FMR. Throws `bad-usage`
 * unless 0 < target ≤ 1, `bad-data` without mated searches or for a non-mated search in a gallery without others.
 */
export function identificationAt(
  outcomes: readonly SearchOutcome[],
  targetFpir: number,
  { withinRank = Number.POSITIVE_INFINITY }: OpenSetOptions = {},
): IdentificationPoint {
  ensure(
    targetFpir > 0 && targetFpir <= 1,
    'bad-usage',
    `a target FPIR lies in (0, 1], not at ${targetFpir}`,
  );
  const { mated, nonMated } = splitOutcomes(outcomes);
  const nonMatedNeeded = impostorsNeededFor(targetFpir);
  if (nonMated.length < nonMatedNeeded) {
    const reason =
      `FPIR ${targetFpir} needs at least ${nonMatedNeeded} searches for subjects who are not enrolled ` +
      `(${FALSE_MATCHES_NEEDED} false ones), there are ${nonMated.length}`;
    return { kind: 'refused', targetFpir, nonMated: nonMated.length, nonMatedNeeded, reason };
  }
  const threshold = thresholdAtFmr(openSetScores(mated, nonMated), targetFpir);
  const fnir = rateOf(mated, ({ mate }) => mate === null || mate.score < threshold || mate.rank > withinRank);
  return {
    kind: 'supported',
    targetFpir,
    threshold,
    fpir: rateOf(nonMated, ({ bestOther }) => bestOther !== null && bestOther >= threshold),
    fnir,
    tpir: 1 - fnir.rate,
  };
}

/** TPIR against FPIR over all thresholds, mates at any rank; about `maxPoints` long at most. */
export function tpirCurve(outcomes: readonly SearchOutcome[], maxPoints = 1000): TpirCurve {
  const { mated, nonMated } = splitOutcomes(outcomes);
  const { thresholds, fmr, fnmr } = rocCurve(openSetScores(mated, nonMated), maxPoints);
  return { thresholds, fpir: fmr, tpir: fnmr.map((rate) => 1 - rate) };
}

function splitOutcomes(outcomes: readonly SearchOutcome[]): {
  mated: SearchOutcome[];
  nonMated: SearchOutcome[];
} {
  return {
    mated: outcomes.filter(({ mate }) => mate !== null),
    nonMated: outcomes.filter(({ mate }) => mate === null),
  };
}

/** Mates' scores as genuine ones, the best score of each non-mated search as an impostor's. */
function openSetScores(mated: readonly SearchOutcome[], nonMated: readonly SearchOutcome[]): ScoreSets {
  ensure(mated.length > 0, 'bad-data', 'an FNIR needs probes whose subjects are enrolled, there are none');
  ensure(
    nonMated.length > 0,
    'bad-data',
    'an FPIR needs probes whose subjects are not enrolled, there are none',
  );
  ensure(
    nonMated.every(({ bestOther }) => bestOther !== null),
    'bad-data',
    'a search for someone not enrolled needs a gallery with at least one other subject',
  );
  return scoreSets(
    mated.map(({ mate }) => mate?.score ?? Number.NaN),
    nonMated.map(({ bestOther }) => bestOther ?? Number.NaN),
  );
}

function rateOf(searches: readonly SearchOutcome[], isHit: (search: SearchOutcome) => boolean): SearchRate {
  const bySubject = new Map<number, { hits: number; searches: number }>();
  let hits = 0;
  for (const search of searches) {
    const counts = bySubject.get(search.probeSubject) ?? { hits: 0, searches: 0 };
    bySubject.set(search.probeSubject, counts);
    counts.searches++;
    if (!isHit(search)) continue;
    counts.hits++;
    hits++;
  }
  const counts = [...bySubject.values()];
  const effective = clusteredRate(
    counts.map((count) => count.hits),
    counts.map((count) => count.searches),
  );
  return {
    searches: searches.length,
    subjects: counts.length,
    hits,
    rate: hits / searches.length,
    interval: effectiveInterval(effective),
  };
}
