// The best n entries of each row of a stream of scores, in bounded memory: one binary heap per row.

/**
 * Keeps, for each of `rows` rows, the `capacity` entries with the highest scores; of equal scores the lowest indices,
 * since a row's indices have to arrive in ascending order.
 * A heap's root is its worst entry, so a stream is filtered by one comparison with `floor(row)`.
 */
export class TopRows {
  readonly #capacity: number;
  readonly #scores: Float32Array;
  readonly #indices: Int32Array;
  readonly #sizes: Int32Array;

  constructor(rows: number, capacity: number) {
    this.#capacity = capacity;
    this.#scores = new Float32Array(rows * capacity);
    this.#indices = new Int32Array(rows * capacity);
    this.#sizes = new Int32Array(rows);
  }

  /** A score that is not above this cannot enter the row; −∞ while there is room. */
  floor(row: number): number {
    return this.#sizes[row] < this.#capacity ? Number.NEGATIVE_INFINITY : this.#scores[row * this.#capacity];
  }

  /** Offers one entry and returns the row's new floor. */
  offer(row: number, score: number, index: number): number {
    const base = row * this.#capacity;
    const size = this.#sizes[row];
    if (size < this.#capacity) {
      this.#siftUp(base, size, score, index);
      this.#sizes[row] = size + 1;
      return this.floor(row);
    }
    if (score > this.#scores[base]) this.#siftDown(base, size, score, index);
    return this.#scores[base];
  }

  /** Writes the row's indices, best first, to the start of `target`, empties the row and returns how many there were. */
  drain(row: number, target: Int32Array): number {
    const base = row * this.#capacity;
    const count = this.#sizes[row];
    for (let last = count - 1; last >= 0; last--) {
      target[last] = this.#indices[base];
      this.#siftDown(base, last, this.#scores[base + last], this.#indices[base + last]);
    }
    this.#sizes[row] = 0;
    return count;
  }

  /** Places an entry in a heap of `size` entries whose slot `size` is free. */
  #siftUp(base: number, size: number, score: number, index: number): void {
    const scores = this.#scores;
    const indices = this.#indices;
    let slot = size;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      const parentScore = scores[base + parent];
      const isWorse = score < parentScore || (score === parentScore && index > indices[base + parent]);
      if (!isWorse) break;
      scores[base + slot] = parentScore;
      indices[base + slot] = indices[base + parent];
      slot = parent;
    }
    scores[base + slot] = score;
    indices[base + slot] = index;
  }

  /** Replaces the root of a heap of `size` entries. */
  #siftDown(base: number, size: number, score: number, index: number): void {
    const scores = this.#scores;
    const indices = this.#indices;
    let slot = 0;
    for (let child = 1; child < size; child = 2 * slot + 1) {
      const right = child + 1;
      if (right < size) {
        const left = scores[base + child];
        const other = scores[base + right];
        if (other < left || (other === left && indices[base + right] > indices[base + child])) child = right;
      }
      const childScore = scores[base + child];
      const isChildWorse = childScore < score || (childScore === score && indices[base + child] > index);
      if (!isChildWorse) break;
      scores[base + slot] = childScore;
      indices[base + slot] = indices[base + child];
      slot = child;
    }
    scores[base + slot] = score;
    indices[base + slot] = index;
  }
}
