// The scores of a protocol fold by fold, and the best threshold of all folds but one without sorting those again.

import { ensure } from '../common/errors.ts';
import { ensureFinite, type LabelledPair, type ScoreSets } from './scores.ts';
import { nextAbove, thresholdBetween } from './thresholds.ts';

/** Each fold's own scores, ascending; one of a fold's classes may be empty. Throws `not-finite`. */
export function splitByFold(
  scores: ArrayLike<number>,
  pairs: readonly LabelledPair[],
  folds: number,
): ScoreSets[] {
  const counts = new Uint32Array(2 * folds);
  for (const pair of pairs) counts[listOf(pair)]++;
  const lists = Array.from(counts, (count) => new Float64Array(count));
  const filled = new Uint32Array(2 * folds);
  for (let index = 0; index < pairs.length; index++) {
    const list = listOf(pairs[index]);
    lists[list][filled[list]++] = scores[index];
  }
  for (const [index, list] of lists.entries()) {
    ensureFinite(list, index % 2 === 1 ? 'genuine' : 'impostor');
    // Without a comparator a typed array sorts by number, not by text.
    list.sort();
  }
  return Array.from({ length: folds }, (_, fold) => ({
    genuine: lists[2 * fold + 1],
    impostor: lists[2 * fold],
  }));
}

/**
 * The threshold that `bestThresholdAccuracy` would choose on the scores of `all` that are not `own`.
 * Throws `bad-data` where those lack a class.
 */
export function bestThresholdWithout(all: ScoreSets, own: ScoreSets): number {
  const rule = 'both genuine and impostor are needed';
  ensure(
    all.genuine.length > own.genuine.length,
    'bad-data',
    `there are no genuine scores outside a fold: ${rule}`,
  );
  ensure(
    all.impostor.length > own.impostor.length,
    'bad-data',
    `there are no impostor scores outside a fold: ${rule}`,
  );
  const genuine = new DescendingWalk(all.genuine, own.genuine);
  const impostor = new DescendingWalk(all.impostor, own.impostor);
  let right = all.impostor.length - own.impostor.length;
  let mostRight = right;
  let threshold = nextAbove(Math.max(genuine.highestOther, impostor.highestOther));
  let lastVisited = threshold;
  let awaitsMidpoint = true;
  for (;;) {
    const score = Math.max(genuine.score, impostor.score);
    if (score === Number.NEGATIVE_INFINITY) return threshold;
    const gained = genuine.take(score);
    const lost = impostor.take(score);
    if (gained === 0 && lost === 0) continue;
    if (awaitsMidpoint) threshold = thresholdBetween(score, lastVisited);
    right += gained - lost;
    awaitsMidpoint = right > mostRight;
    if (awaitsMidpoint) {
      mostRight = right;
      threshold = score;
    }
    lastVisited = score;
  }
}

/** Takes equal scores from the top of one list, and counts those that are not the fold's own. */
class DescendingWalk {
  /** The highest score not taken yet; −∞ when there is none. */
  score: number;
  readonly #all: Float64Array;
  readonly #own: Float64Array;
  #left: number;
  #ownLeft: number;

  constructor(all: Float64Array, own: Float64Array) {
    this.#all = all;
    this.#own = own;
    this.#left = all.length;
    this.#ownLeft = own.length;
    this.score = all[all.length - 1];
  }

  get highestOther(): number {
    let at = this.#all.length - 1;
    let own = this.#own.length - 1;
    while (own >= 0 && this.#all[at] === this.#own[own]) {
      at--;
      own--;
    }
    return this.#all[at];
  }

  take(score: number): number {
    if (this.score !== score) return 0;
    let taken = 0;
    while (this.#left > 0 && this.#all[this.#left - 1] === score) {
      this.#left--;
      taken++;
    }
    while (this.#ownLeft > 0 && this.#own[this.#ownLeft - 1] === score) {
      this.#ownLeft--;
      taken--;
    }
    this.score = this.#left > 0 ? this.#all[this.#left - 1] : Number.NEGATIVE_INFINITY;
    return taken;
  }
}

function listOf({ isGenuine, fold }: LabelledPair): number {
  return 2 * fold + (isGenuine ? 1 : 0);
}
