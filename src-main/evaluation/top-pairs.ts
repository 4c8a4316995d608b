// The n most telling pairs of a long stream, of which each two people may have only so many.

import { ensure } from '../common/errors.ts';

/** Two items by row, and their similarity. */
export interface ScoredPair {
  readonly left: number;
  readonly right: number;
  readonly score: number;
}

interface KeptPair extends ScoredPair {
  readonly key: string;
}

/** Keeps the best pairs offered, each once. Memory and the cost of a pair that is kept grow with n, not with the stream. */
export class TopPairs {
  readonly #count: number;
  readonly #perKey: number;
  readonly #isBetter: (score: number, than: number) => boolean;
  readonly #keyOf: (left: number, right: number) => string;
  readonly #kept: KeptPair[] = [];

  /**
   * @param order `highest` keeps the most similar pairs, `lowest` the least similar ones
   * @param perKey pairs of one key that may stay, such as of the same two subjects
   */
  constructor(
    count: number,
    order: 'highest' | 'lowest',
    perKey: number,
    keyOf: (left: number, right: number) => string,
  ) {
    ensure(
      Number.isInteger(count) && count >= 1,
      'bad-usage',
      `a list holds at least one pair, not ${count}`,
    );
    ensure(
      Number.isInteger(perKey) && perKey >= 1,
      'bad-usage',
      `a list holds 1 pair a key or more, not ${perKey}`,
    );
    this.#count = count;
    this.#perKey = perKey;
    this.#isBetter = order === 'highest' ? (score, than) => score > than : (score, than) => score < than;
    this.#keyOf = keyOf;
  }

  /** Best first; pairs of equal score in the order in which they came. */
  get pairs(): ScoredPair[] {
    return this.#kept.map(({ left, right, score }) => ({ left, right, score }));
  }

  /** Whether a pair of this score could still enter: cheap, for the inner loop. */
  wants(score: number): boolean {
    return this.#kept.length < this.#count || this.#isBetter(score, this.#kept[this.#kept.length - 1].score);
  }

  offer(left: number, right: number, score: number): void {
    if (!this.wants(score)) return;
    const key = this.#keyOf(left, right);
    let ofKey = 0;
    let worstOfKey = -1;
    for (let at = 0; at < this.#kept.length; at++) {
      const kept = this.#kept[at];
      if (kept.key !== key) continue;
      if (isSamePair(kept, left, right)) return;
      ofKey++;
      worstOfKey = at;
    }
    if (ofKey >= this.#perKey) {
      if (!this.#isBetter(score, this.#kept[worstOfKey].score)) return;
      this.#kept.splice(worstOfKey, 1);
    } else if (this.#kept.length === this.#count) {
      this.#kept.pop();
    }
    let at = this.#kept.length;
    while (at > 0 && this.#isBetter(score, this.#kept[at - 1].score)) at--;
    this.#kept.splice(at, 0, { left, right, score, key });
  }
}

function isSamePair(kept: ScoredPair, left: number, right: number): boolean {
  return (kept.left === left && kept.right === right) || (kept.left === right && kept.right === left);
}
