// The upper tail of an impostor distribution as plain numbers: how many sampled pairs reach a score, and how many
// independent pairs that is worth.
//
// Pairs are not independent: they share people, on either side, and a pair of people may come in many pairs of faces. So the
// variance of a share of pairs is the dyadic one (M. Fafchamps, F. Gubert 2007; P. Aronow, C. Samii, V. Assenova 2015): products
// of residuals summed over all pairs that have a person in common. From it follows the number of independent pairs that
// would know as much, and with it Clopper and Pearson's interval (as Korn and Graubard 1998 do for surveys). A bootstrap
// over people would cost a thousand passes over a million pairs, and has nothing to say where no pair is left.

import { ensure } from '../../common/errors.ts';
import { effectiveTrialsOf } from '../count-intervals.ts';
import { indexDyads } from './dyads.ts';
import type { ImpostorPairs } from './impostor-pairs.ts';

/** Serialisable as it is. Three numbers for each kept threshold, from the highest score down. */
export interface ImpostorCurve {
  readonly pairs: number;
  readonly people: number;
  /** Different pairs of people. */
  readonly dyads: number;
  /** Descending; exact scores of pairs. */
  readonly scores: readonly number[];
  /** Pairs with at least this score, ties included. The last is `pairs`. */
  readonly counts: readonly number[];
  /** Independent pairs that would know the share at this score as well. */
  readonly effectivePairs: readonly number[];
}

/** Thresholds are kept at each count up to 20, from there about 40 in each factor of ten. */
const EXACT_COUNTS = 20;
const COUNT_STEP = 1.06;
/** Fewer pairs than this above a score do not show how dependent they are; the dependence here is taken instead. */
const COUNT_FOR_DEPENDENCE = 20;
const MOST_PAIRS = 2 ** 22;

/** Throws `bad-data` without pairs, or for more than 4 million. */
export function impostorCurve(sample: ImpostorPairs): ImpostorCurve {
  const pairs = sample.scores.length;
  ensure(pairs > 0, 'bad-data', 'an impostor distribution needs pairs of different subjects, there are none');
  const { dyadOf, dyads } = indexDyads(sample.probePeople, sample.galleryPeople);
  const variance = new DyadicVariance(sample, dyadOf, dyads);
  const { order, sorted } = descending(sample.scores);
  const scores: number[] = [];
  const counts: number[] = [];
  const effectivePairs: number[] = [];
  // A difference of two sums over people scatters like a variance from a quarter as many.
  const freedom = Math.max(1, sample.people / 4);
  let nextCount = 1;
  for (let count = 1; count <= pairs; count++) {
    variance.accept(order[count - 1]);
    const isTied = count < pairs && sorted[count] === sorted[count - 1];
    if (isTied || (count < nextCount && count < pairs)) continue;
    const spread = variance.ofRate(count);
    scores.push(sorted[count - 1]);
    counts.push(count);
    // All pairs accepted, or residuals that cancel out: then nothing shows how dependent they are.
    const isShown = count < pairs && spread > 0;
    effectivePairs.push(isShown ? effectiveTrialsOf(count / pairs, spread, pairs, freedom) : dyads);
    nextCount = count < EXACT_COUNTS ? count + 1 : Math.ceil(count * COUNT_STEP);
  }
  carryDependenceUp(counts, effectivePairs);
  return { pairs, people: sample.people, dyads, scores, counts, effectivePairs };
}

/** The variance of the share of accepted pairs, kept up to date as pairs are accepted one by one. */
class DyadicVariance {
  readonly #sample: ImpostorPairs;
  readonly #dyadOf: Int32Array;
  readonly #acceptedOfPerson: Float64Array;
  readonly #pairsOfPerson: Float64Array;
  readonly #acceptedOfDyad: Float64Array;
  readonly #pairsOfDyad: Float64Array;
  // Sums over people and over dyads of accepted², accepted × pairs and pairs².
  readonly #people = { accepted: 0, mixed: 0, pairs: 0 };
  readonly #dyads = { accepted: 0, mixed: 0, pairs: 0 };

  constructor(sample: ImpostorPairs, dyadOf: Int32Array, dyads: number) {
    this.#sample = sample;
    this.#dyadOf = dyadOf;
    this.#acceptedOfPerson = new Float64Array(sample.people);
    this.#pairsOfPerson = new Float64Array(sample.people);
    this.#acceptedOfDyad = new Float64Array(dyads);
    this.#pairsOfDyad = new Float64Array(dyads);
    for (let pair = 0; pair < dyadOf.length; pair++) {
      this.#pairsOfPerson[sample.probePeople[pair]]++;
      this.#pairsOfPerson[sample.galleryPeople[pair]]++;
      this.#pairsOfDyad[dyadOf[pair]]++;
    }
    for (const count of this.#pairsOfPerson) this.#people.pairs += count * count;
    for (const count of this.#pairsOfDyad) this.#dyads.pairs += count * count;
  }

  accept(pair: number): void {
    this.#count(this.#people, this.#acceptedOfPerson, this.#pairsOfPerson, this.#sample.probePeople[pair]);
    this.#count(this.#people, this.#acceptedOfPerson, this.#pairsOfPerson, this.#sample.galleryPeople[pair]);
    this.#count(this.#dyads, this.#acceptedOfDyad, this.#pairsOfDyad, this.#dyadOf[pair]);
  }

  #count(
    sums: { accepted: number; mixed: number },
    accepted: Float64Array,
    pairs: Float64Array,
    member: number,
  ): void {
    sums.accepted += 2 * accepted[member] + 1;
    sums.mixed += pairs[member];
    accepted[member]++;
  }

  /**
   * Σ over people of their residuals squared holds a dyad's own square twice, so it is taken off once. What is left scatters
   * widely for few people, but sharing a person makes no pair of dyads less alike, so it is at least what the dyads alone give.
   */
  ofRate(count: number): number {
    const pairs = this.#dyadOf.length;
    const rate = count / pairs;
    const squares = (sums: { accepted: number; mixed: number; pairs: number }): number =>
      sums.accepted - 2 * rate * sums.mixed + rate * rate * sums.pairs;
    const ofDyads = squares(this.#dyads);
    return Math.max(squares(this.#people) - ofDyads, ofDyads) / (pairs * pairs);
  }
}

/** Above the counts that show their dependence, the largest dependence just below them holds. */
function carryDependenceUp(counts: readonly number[], effectivePairs: number[]): void {
  const first = counts.findIndex((count) => count >= COUNT_FOR_DEPENDENCE);
  if (first === -1) {
    effectivePairs.fill(Math.min(...effectivePairs));
    return;
  }
  const end = counts.findIndex((count) => count >= 10 * COUNT_FOR_DEPENDENCE);
  const shown = effectivePairs.slice(first, end === -1 ? undefined : Math.max(end, first + 1));
  effectivePairs.fill(Math.min(...shown), 0, first);
}

/**
 * Pairs by descending score, and their scores rounded to 2⁻³⁰, far below what float32 embeddings can tell. Score and
 * index share one float64 (31 bits and 22), because typed arrays sort numbers ten times faster than with a comparator.
 */
function descending(scores: Float64Array): { readonly order: Uint32Array; readonly sorted: Float64Array } {
  ensure(
    scores.length <= MOST_PAIRS,
    'bad-usage',
    `an impostor curve takes at most ${MOST_PAIRS} pairs, not ${scores.length}`,
  );
  const keys = Float64Array.from(scores, (score, index) => {
    const level = Math.round((1 + score) * 2 ** 30);
    return Math.max(0, Math.min(2 ** 31 - 1, level)) * MOST_PAIRS + index;
  });
  keys.sort().reverse();
  return {
    order: Uint32Array.from(keys, (key) => key % MOST_PAIRS),
    sorted: keys.map((key) => Math.floor(key / MOST_PAIRS) / 2 ** 30 - 1),
  };
}
