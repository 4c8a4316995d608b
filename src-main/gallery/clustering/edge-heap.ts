// A binary heap of edges between clusters, most similar first, in typed arrays: millions of edges fit.

/** Two clusters by an item of each, and the similarity they had at a version. */
export interface Edge {
  readonly left: number;
  readonly right: number;
  readonly score: number;
  /** How far both clusters had grown when the score was taken. */
  readonly version: number;
}

const FIRST_CAPACITY = 1024;

export class EdgeHeap {
  #scores = new Float32Array(FIRST_CAPACITY);
  #lefts = new Int32Array(FIRST_CAPACITY);
  #rights = new Int32Array(FIRST_CAPACITY);
  #versions = new Int32Array(FIRST_CAPACITY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push({ left, right, score, version }: Edge): void {
    if (this.#size === this.#scores.length) this.#grow();
    let at = this.#size++;
    this.#set(at, left, right, score, version);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.#comesBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** The most similar edge; of equal ones that of the lowest items. Null when there is none. */
  pop(): Edge | null {
    if (this.#size === 0) return null;
    const edge = {
      left: this.#lefts[0],
      right: this.#rights[0],
      score: this.#scores[0],
      version: this.#versions[0],
    };
    this.#size--;
    this.#swap(0, this.#size);
    let at = 0;
    for (;;) {
      const child = 2 * at + 1;
      if (child >= this.#size) return edge;
      const isRightFirst = child + 1 < this.#size && this.#comesBefore(child + 1, child);
      const first = isRightFirst ? child + 1 : child;
      if (!this.#comesBefore(first, at)) return edge;
      this.#swap(first, at);
      at = first;
    }
  }

  #comesBefore(a: number, b: number): boolean {
    if (this.#scores[a] !== this.#scores[b]) return this.#scores[a] > this.#scores[b];
    if (this.#lefts[a] !== this.#lefts[b]) return this.#lefts[a] < this.#lefts[b];
    return this.#rights[a] < this.#rights[b];
  }

  #set(at: number, left: number, right: number, score: number, version: number): void {
    this.#lefts[at] = left;
    this.#rights[at] = right;
    this.#scores[at] = score;
    this.#versions[at] = version;
  }

  #swap(a: number, b: number): void {
    for (const values of [this.#scores, this.#lefts, this.#rights, this.#versions]) {
      const kept = values[a];
      values[a] = values[b];
      values[b] = kept;
    }
  }

  #grow(): void {
    const capacity = 2 * this.#scores.length;
    const scores = new Float32Array(capacity);
    scores.set(this.#scores);
    this.#scores = scores;
    this.#lefts = grown(this.#lefts, capacity);
    this.#rights = grown(this.#rights, capacity);
    this.#versions = grown(this.#versions, capacity);
  }
}

function grown(values: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(values);
  return larger;
}
