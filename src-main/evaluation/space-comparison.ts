// Two embedding spaces of the same faces, side by side: which one misses fewer of a gallery's own people at the same FMR.

import { ensure } from '../common/errors.ts';
import { Rng } from '../common/rng.ts';
import type { Interval } from './confidence.ts';
import { clusteredRate, effectiveInterval } from './count-intervals.ts';
import { type ComparedItems, countSubjects, ensureItems, UNKNOWN_SUBJECT } from './meaning/compared-items.ts';
import { falseMatchRateAt } from './meaning/false-match-rate.ts';
import { type GenuinePairs, sampleGenuinePairs } from './meaning/genuine-pairs.ts';
import { type ImpostorCurve, impostorCurve } from './meaning/impostor-curve.ts';
import { DEFAULT_PAIR_LIMITS, sampleImpostorPairs } from './meaning/impostor-pairs.ts';
import { impostorsNeededFor, REPORTED_FMRS } from './operating-points.ts';
import { comparePaired } from './paired-comparison.ts';
import { FEWEST_PEOPLE } from './score-meaning.ts';
import { type ScoreSets, scoreSets } from './scores.ts';
import { ratesAt, thresholdAtFmr } from './thresholds.ts';

/** One space at a target FMR. Intervals: 95 %, for as many independent pairs as the people are worth. */
export interface SpaceRates {
  /** Accept score ≥ threshold. */
  readonly threshold: number;
  readonly fmr: number;
  readonly fmrInterval: Interval;
  readonly falseMatches: number;
  readonly fnmr: number;
  readonly fnmrInterval: Interval;
  readonly falseNonMatches: number;
}

export interface ComparedRates {
  readonly kind: 'supported';
  readonly targetFmr: number;
  readonly before: SpaceRates;
  readonly after: SpaceRates;
  /** FNMR after minus before: negative is better. By a bootstrap over people; both thresholds taken as given. */
  readonly change: number;
  readonly changeInterval: Interval;
  /** Genuine pairs that one of the two alone accepts, and McNemar's exact test of them (pairs taken as independent). */
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  readonly pValue: number;
}

export interface RefusedRates {
  readonly kind: 'refused';
  readonly targetFmr: number;
  readonly reason: string;
}

/** Plain JSON. */
export interface SpaceComparison {
  /** Known subjects, and their faces. */
  readonly people: number;
  readonly faces: number;
  /** Pairs of one person's faces on different tracks, and how many people they come from. */
  readonly genuinePairs: number;
  readonly genuinePeople: number;
  /** Sampled pairs of different people's faces, and how many different pairs of people they are. */
  readonly impostorPairs: number;
  readonly pairsOfPeople: number;
  /** Why nothing can be said at all; null where there are rates. */
  readonly reason: string | null;
  readonly rates: readonly (ComparedRates | RefusedRates)[];
}

const SEED = 1;
const GENUINE_PER_SUBJECT = 20;

/**
 * Compares single faces: the same pairs in both spaces, each with a threshold of its own at the same target FMR. `before` and
 * `after` hold the same faces in the same order; unknown ones take no part. Throws `bad-data` where they differ.
 */
export function compareSpaces(
  before: ComparedItems,
  after: ComparedItems,
  targets: readonly number[] = REPORTED_FMRS,
): SpaceComparison {
  ensureItems(before, 'first');
  ensureItems(after, 'second');
  const rows = knownRows(before);
  ensureSameFaces(before, after);
  const people = countSubjects(before);
  const genuine = [before, after].map((items) => genuineOf(items, rows));
  const genuinePeople = new Set(genuine[0].subjects).size;
  const counts = {
    people,
    faces: rows.length,
    genuinePairs: genuine[0].scores.length,
    genuinePeople,
  };
  if (people < FEWEST_PEOPLE || genuinePeople < 2) {
    const reason =
      people < FEWEST_PEOPLE
        ? `that takes ${FEWEST_PEOPLE} named people, there are ${people}`
        : `that takes people who were seen on more than one track, there are ${genuinePeople}`;
    return { ...counts, impostorPairs: 0, pairsOfPeople: 0, reason, rates: [] };
  }
  const impostors = [before, after].map((items) => impostorsOf(items, rows));
  const curves = impostors.map(impostorCurve);
  const sets = genuine.map(({ scores }, at) => scoreSets(scores, impostors[at].scores));
  const { pairs: impostorPairs, dyads: pairsOfPeople } = curves[0];
  const rates = targets.map((target): ComparedRates | RefusedRates => {
    const needed = impostorsNeededFor(target);
    if (pairsOfPeople >= needed) return ratesOf(target, genuine, curves, sets);
    const [wanted, found] = [needed, pairsOfPeople].map((pairs) => pairs.toLocaleString('en'));
    const reason = `needs ${wanted} different pairs of people, there are ${found}`;
    return { kind: 'refused', targetFmr: target, reason };
  });
  return { ...counts, impostorPairs, pairsOfPeople, reason: null, rates };
}

function ratesOf(
  target: number,
  genuine: readonly GenuinePairs[],
  curves: readonly ImpostorCurve[],
  sets: readonly ScoreSets[],
): ComparedRates {
  const sides = genuine.map((pairs, at) => {
    const threshold = thresholdAtFmr(sets[at], target);
    const accepted = Uint8Array.from(pairs.scores, (score) => (score >= threshold ? 1 : 0));
    const { fmr, fnmr, falseMatches, falseNonMatches } = ratesAt(sets[at], threshold);
    const rates: SpaceRates = {
      threshold,
      fmr,
      fmrInterval: falseMatchRateAt(curves[at], null, threshold).interval,
      falseMatches,
      fnmr,
      fnmrInterval: missInterval(pairs, accepted),
      falseNonMatches,
    };
    return { rates, accepted };
  });
  const [before, after] = sides;
  const people = Array.from(genuine[0].subjects, (leftSubject) => ({
    leftSubject,
    rightSubject: leftSubject,
  }));
  // The accuracy on genuine pairs alone is 1 − FNMR, so that before minus after is the change of the FNMR.
  const paired = comparePaired(before.accepted, after.accepted, people, Rng.seeded(SEED));
  const { low, high } = paired.interval ?? { low: paired.difference, high: paired.difference };
  return {
    kind: 'supported',
    targetFmr: target,
    before: before.rates,
    after: after.rates,
    change: paired.difference,
    changeInterval: { low, high },
    onlyBefore: paired.onlyFirst,
    onlyAfter: paired.onlySecond,
    pValue: paired.pValue,
  };
}

/** A person's pairs are one cluster. */
function missInterval({ subjects }: GenuinePairs, accepted: Uint8Array): Interval {
  const places = new Map<number, number>();
  const misses: number[] = [];
  const trials: number[] = [];
  for (let pair = 0; pair < accepted.length; pair++) {
    const place = places.get(subjects[pair]) ?? places.size;
    places.set(subjects[pair], place);
    trials[place] = (trials[place] ?? 0) + 1;
    misses[place] = (misses[place] ?? 0) + 1 - accepted[pair];
  }
  return effectiveInterval(clusteredRate(misses, trials));
}

function knownRows({ subjects, vectors }: ComparedItems): number[] {
  const rows = Array.from({ length: vectors.rows }, (_, row) => row);
  return rows.filter((row) => subjects[row] !== UNKNOWN_SUBJECT);
}

/** The generator's seed fixes the pairs: both spaces show the same ones. */
function genuineOf(items: ComparedItems, rows: readonly number[]): GenuinePairs {
  const side = { items, rows };
  return sampleGenuinePairs(side, side, GENUINE_PER_SUBJECT, Rng.seeded(SEED));
}

function impostorsOf(items: ComparedItems, rows: readonly number[]) {
  const side = { items, rows, personOf: (row: number) => items.subjects[row] };
  return sampleImpostorPairs(side, side, DEFAULT_PAIR_LIMITS, Rng.seeded(SEED));
}

function ensureSameFaces(before: ComparedItems, after: ComparedItems): void {
  const isSame = (left: ArrayLike<number>, right: ArrayLike<number>): boolean =>
    left.length === right.length && Array.from(left).every((value, at) => value === right[at]);
  ensure(
    isSame(before.subjects, after.subjects) && isSame(before.groups, after.groups),
    'bad-data',
    `two spaces are compared on the same faces, not on ${before.subjects.length} and ${after.subjects.length} different ones`,
  );
}
