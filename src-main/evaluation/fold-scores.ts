// The scores of a protocol fold by fold, and the best threshold of all folds but one without sorting those again.

import { ensure } from '../common/errors.ts';
import { ensureBothClasses, ensureFinite, type LabelledPair, type ScoreSets } from './scores.ts';
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

/** The scores of all folds together, merged two by two: cheaper than sorting them again. Throws `bad-data` for an empty class. */
export function joinFolds(folds: readonly ScoreSets[]): ScoreSets {
  const joined = {
    genuine: mergeAll(folds.map(({ genuine }) => genuine)),
    impostor: mergeAll(folds.map(({ impostor }) => impostor)),
  };
  ensureBothClasses(joined);
  return joined;
}

function mergeAll(lists: readonly Float64Array[]): Float64Array {
  let level = lists;
  while (level.length > 1) {
    const next: Float64Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      next.push(at + 1 < level.length ? mergeTwo(level[at], level[at + 1]) : level[at]);
    }
    level = next;
  }
  return level[0] ?? new Float64Array(0);
}

function mergeTwo(left: Float64Array, right: Float64Array): Float64Array {
  const merged = new Float64Array(left.length + right.length);
  let [l, r, at] = [0, 0, 0];
  while (l < left.length && r < right.length) {
    merged[at++] = left[l] <= right[r] ? left[l++] : right[r++];
  }
  merged.set(l < left.length ? left.subarray(l) : right.subarray(r), at);
  return merged;
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
  const genuine = { all: all.genuine, own: own.genuine };
  const impostor = { all: all.impostor, own: own.impostor };
  let right = all.impostor.length - own.impostor.length;
  let mostRight = right;
  let threshold = nextAbove(Math.max(highestOther(genuine), highestOther(impostor)));
  let lastVisited = threshold;
  let awaitsMidpoint = true;
  // Counters in plain variables: at ten million scores this loop is most of a cross-validation.
  let [g, ownG, i, ownI] = [genuine.all.length, genuine.own.length, impostor.all.length, impostor.own.length];
  while (g > 0 || i > 0) {
    const isGenuineNext = i === 0 || (g > 0 && genuine.all[g - 1] >= impostor.all[i - 1]);
    const score = isGenuineNext ? genuine.all[g - 1] : impostor.all[i - 1];
    let gained = 0;
    let lost = 0;
    for (; g > 0 && genuine.all[g - 1] === score; g--) gained++;
    for (; ownG > 0 && genuine.own[ownG - 1] === score; ownG--) gained--;
    for (; i > 0 && impostor.all[i - 1] === score; i--) lost++;
    for (; ownI > 0 && impostor.own[ownI - 1] === score; ownI--) lost--;
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
  return threshold;
}

/** The highest score that is not the fold's own. */
function highestOther({ all, own }: { readonly all: Float64Array; readonly own: Float64Array }): number {
  let at = all.length - 1;
  for (let last = own.length - 1; last >= 0 && all[at] === own[last]; last--) at--;
  return all[at];
}

function listOf({ isGenuine, fold }: LabelledPair): number {
  return 2 * fold + (isGenuine ? 1 : 0);
}
