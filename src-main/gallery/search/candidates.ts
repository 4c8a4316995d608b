// The rows that may still belong to the best: scores with bounds go in, and what surely is not among the best falls out.

/** Room before rows are sorted out for the first time. */
const FIRST_CAPACITY = 256;

/** The rows that are left, each with the interval that holds its exact score. */
export interface CandidateRows {
  readonly rows: Uint32Array;
  /** Group of each row. */
  readonly groups: Float64Array;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
}

/**
 * Keeps every row that may hold the best score of one of the best `limit` groups, given that its exact score lies in
 * [low, high]. The limit-th best group's low is a bar that only rises: a row whose high is below it is out for good.
 */
export class Candidates {
  readonly #limit: number;
  #bar: number;
  #size = 0;
  #rows: Uint32Array;
  #groups: Float64Array;
  #lows: Float64Array;
  #highs: Float64Array;

  /** @param minimum scores below it are of no interest */
  constructor(limit: number, minimum: number) {
    this.#limit = limit;
    this.#bar = minimum;
    const capacity = Math.max(FIRST_CAPACITY, 2 * limit);
    this.#rows = new Uint32Array(capacity);
    this.#groups = new Float64Array(capacity);
    this.#lows = new Float64Array(capacity);
    this.#highs = new Float64Array(capacity);
  }

  /** Rows with a high below this need not be offered. */
  get bar(): number {
    return this.#bar;
  }

  offer(row: number, group: number, low: number, high: number): void {
    if (high < this.#bar) return;
    if (this.#size === this.#rows.length) this.#makeRoom();
    if (high < this.#bar) return;
    this.#rows[this.#size] = row;
    this.#groups[this.#size] = group;
    this.#lows[this.#size] = low;
    this.#highs[this.#size] = high;
    this.#size++;
  }

  offerAll({ rows, groups, lows, highs }: CandidateRows): void {
    for (let index = 0; index < rows.length; index++) {
      this.offer(rows[index], groups[index], lows[index], highs[index]);
    }
  }

  /** What is left when everything was offered. */
  take(): CandidateRows {
    this.#sortOut();
    const size = this.#size;
    return {
      rows: this.#rows.slice(0, size),
      groups: this.#groups.slice(0, size),
      lows: this.#lows.slice(0, size),
      highs: this.#highs.slice(0, size),
    };
  }

  #makeRoom(): void {
    this.#sortOut();
    if (2 * this.#size < this.#rows.length) return;
    const capacity = 2 * this.#rows.length;
    this.#rows = grown(this.#rows, new Uint32Array(capacity));
    this.#groups = grown(this.#groups, new Float64Array(capacity));
    this.#lows = grown(this.#lows, new Float64Array(capacity));
    this.#highs = grown(this.#highs, new Float64Array(capacity));
  }

  /** Raises the bar to the limit-th best group's low and drops what is below it, or below its own group's best. */
  #sortOut(): void {
    const bestLows = new Map<number, number>();
    for (let index = 0; index < this.#size; index++) {
      const best = bestLows.get(this.#groups[index]);
      if (best === undefined || this.#lows[index] > best)
        bestLows.set(this.#groups[index], this.#lows[index]);
    }
    if (bestLows.size >= this.#limit) {
      const lows = Float64Array.from(bestLows.values()).sort();
      this.#bar = Math.max(this.#bar, lows[lows.length - this.#limit]);
    }
    let kept = 0;
    for (let index = 0; index < this.#size; index++) {
      const high = this.#highs[index];
      const groupsLow = bestLows.get(this.#groups[index]) as number;
      if (high < this.#bar || high < groupsLow) continue;
      this.#rows[kept] = this.#rows[index];
      this.#groups[kept] = this.#groups[index];
      this.#lows[kept] = this.#lows[index];
      this.#highs[kept] = high;
      kept++;
    }
    this.#size = kept;
  }
}

function grown<T extends Uint32Array | Float64Array>(values: T, larger: T): T {
  larger.set(values);
  return larger;
}
