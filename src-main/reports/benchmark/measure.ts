// From scores and search outcomes to every number of a cell. The run uses it, and so does the check of a finished report.

import { Rng } from '../../common/rng.ts';
import { rightDecisions } from '../../evaluation/accuracy.ts';
import { type Interval, wilsonInterval } from '../../evaluation/confidence.ts';
import { scoreHistogram } from '../../evaluation/histogram.ts';
import {
  cumulativeMatches,
  evaluateIdentification,
  type IdentificationPoint,
  identificationAt,
  type RankRate,
} from '../../evaluation/identification.ts';
import {
  bootstrapByIdentity,
  type PairOfPeople,
  weightedAccuracy,
  weightedAuc,
} from '../../evaluation/identity-bootstrap.ts';
import { comparePaired } from '../../evaluation/paired-comparison.ts';
import { rocCurve } from '../../evaluation/roc.ts';
import { type LabelledPair, splitScores } from '../../evaluation/scores.ts';
import type { SearchOutcome } from '../../evaluation/search-outcomes.ts';
import { evaluateVerification } from '../../evaluation/verification.ts';
import type {
  Histogram,
  PairedRow,
  PairTable,
  ReportSettings,
  SearchCell,
  SearchMeasures,
  VerificationCell,
  VerificationMeasures,
} from './report-model.ts';

const BINS = 60;
const CURVE_POINTS = 300;
const WORST_PAIRS = 10;
const CLOSED_SET_RANKS = Array.from({ length: 20 }, (_, rank) => rank + 1);

/** All of a cell's numbers; the same scores, pairs and seed give the same ones. Throws as `evaluateVerification` does. */
export function measureVerification(
  scores: readonly number[],
  table: PairTable,
  { seed, replicates, targetFmrs }: ReportSettings,
): VerificationMeasures {
  const pairs = labelledPairs(table);
  const { aucInterval: _, ...result } = evaluateVerification(scores, pairs, { targetFmrs });
  const sets = splitScores(scores, pairs);
  const thresholds = result.folds >= 2 ? result.foldAccuracies : [{ threshold: result.bestThreshold }];
  const right = rightDecisions(scores, pairs, thresholds);
  const people = peopleOf(table);
  const bootstrap = (statistic: (weights: Float64Array) => number) => {
    const { low, high } = bootstrapByIdentity(people ?? [], statistic, Rng.seeded(seed), { replicates });
    return { low, high };
  };
  const { thresholds: at, fmr, fnmr } = rocCurve(sets, CURVE_POINTS);
  return {
    ...result,
    accuracyInterval:
      people === null
        ? wilsonInterval(
            right.reduce((sum, value) => sum + value, 0),
            right.length,
          )
        : bootstrap(weightedAccuracy(right)),
    aucInterval: people === null ? null : bootstrap(weightedAuc(scores, pairs)),
    intervalKind: people === null ? 'pairs' : 'people',
    curve: { thresholds: [...at], fmr: [...fmr], fnmr: [...fnmr] },
    histogram: histogramOf(sets.genuine, sets.impostor),
    worstImpostors: worstPairs(scores, pairs, false),
    worstGenuines: worstPairs(scores, pairs, true),
  };
}

/** Rank rates of a classifier: `ranks[i]` is where test face i's own subject stood. */
export function measureClosedSet(subjects: readonly number[], ranks: readonly number[]): RankRate[] {
  const outcomes = subjects.map(
    (probeSubject, face): SearchOutcome => ({
      probeSubject,
      mate: { score: -ranks[face], rank: ranks[face] },
      bestOther: null,
    }),
  );
  return cumulativeMatches(outcomes, CLOSED_SET_RANKS);
}

/** CMC and, where there are searches for strangers, FNIR at the target FPIRs. */
export function measureSearch(
  cell: Pick<
    SearchCell,
    | 'subjects'
    | 'mateScores'
    | 'mateRanks'
    | 'averagePrecisions'
    | 'bestOther'
    | 'ranks'
    | 'targetFpirs'
    | 'withinRank'
  >,
  settings: ReportSettings,
): SearchMeasures {
  const outcomes = cell.subjects.map((probeSubject, search): SearchOutcome => {
    const score = cell.mateScores[search];
    const rank = cell.mateRanks[search];
    return {
      probeSubject,
      mate: score === null || rank === null ? null : { score, rank },
      bestOther: cell.bestOther[search],
    };
  });
  const { mated, nonMated, cmc } = evaluateIdentification(outcomes, { ranks: cell.ranks, targetFpirs: [] });
  const within = cell.withinRank === null ? {} : { withinRank: cell.withinRank };
  const openSet =
    nonMated === 0
      ? []
      : cell.targetFpirs.map((target): IdentificationPoint => identificationAt(outcomes, target, within));
  const { averagePrecisions } = cell;
  const precision =
    averagePrecisions === undefined
      ? {}
      : { meanAveragePrecision: meanPrecision(cell.subjects, averagePrecisions, settings) };
  return { mated, nonMated, cmc, ...precision, openSet };
}

function meanPrecision(
  subjects: readonly number[],
  precisions: readonly (number | null)[],
  { seed, replicates }: ReportSettings,
): { mean: number; interval: Interval } {
  const mated = precisions.flatMap((value, search) =>
    value === null ? [] : [{ value, person: subjects[search] }],
  );
  const mean = (weights: Float64Array): number => {
    let [sum, weight] = [0, 0];
    for (const [search, { value }] of mated.entries()) {
      sum += weights[search] * value;
      weight += weights[search];
    }
    return weight === 0 ? Number.NaN : sum / weight;
  };
  // A search is a pair of one person with itself: it counts as often as that person is drawn.
  const people = mated.map(({ person }) => ({ leftSubject: person, rightSubject: person }));
  const isOnePerson = new Set(people.map(({ leftSubject }) => leftSubject)).size < 2;
  const whole = mean(new Float64Array(mated.length).fill(1));
  if (isOnePerson) return { mean: whole, interval: { low: 0, high: 1 } };
  const { low, high } = bootstrapByIdentity(people, mean, Rng.seeded(seed), { replicates });
  return { mean: whole, interval: { low, high } };
}

/** Two cells on the same pairs, at each one's own thresholds. */
export function measurePaired(
  first: VerificationCell,
  second: VerificationCell,
  table: PairTable,
  { seed, replicates }: ReportSettings,
): PairedRow {
  const pairs = labelledPairs(table);
  const decisions = [first, second].map(({ scores, measured }) =>
    rightDecisions(
      scores,
      pairs,
      measured.folds >= 2 ? measured.foldAccuracies : [{ threshold: measured.bestThreshold }],
    ),
  );
  return {
    first: first.id,
    second: second.id,
    comparison: comparePaired(decisions[0], decisions[1], peopleOf(table), Rng.seeded(seed), { replicates }),
  };
}

function labelledPairs({ isGenuine, fold }: PairTable): LabelledPair[] {
  return isGenuine.map((flag, pair) => ({ isGenuine: flag === 1, fold: fold[pair] }));
}

function peopleOf({ leftSubject, rightSubject }: PairTable): PairOfPeople[] | null {
  if (leftSubject === null || rightSubject === null) return null;
  return leftSubject.map((left, pair) => ({ leftSubject: left, rightSubject: rightSubject[pair] }));
}

function histogramOf(genuineScores: Float64Array, impostorScores: Float64Array): Histogram {
  const { edges, genuine, impostor } = scoreHistogram(
    { genuine: genuineScores, impostor: impostorScores },
    { bins: BINS },
  );
  let overlap = 0;
  for (let bin = 0; bin < BINS; bin++) {
    overlap += Math.min(genuine[bin] / genuineScores.length, impostor[bin] / impostorScores.length);
  }
  return { edges: [...edges], genuine: [...genuine], impostor: [...impostor], overlap };
}

/** The lowest genuine or the highest impostor scores; ties in the pairs' order. */
function worstPairs(scores: readonly number[], pairs: readonly LabelledPair[], isGenuine: boolean): number[] {
  const sign = isGenuine ? 1 : -1;
  return pairs
    .flatMap((pair, index) => (pair.isGenuine === isGenuine ? [index] : []))
    .sort((a, b) => sign * (scores[a] - scores[b]) || a - b)
    .slice(0, WORST_PAIRS);
}
