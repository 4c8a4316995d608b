// Unit vectors of one embedding space, searched exactly: every vector is looked at, none is missed.

import { exactSearch, MetricKind } from 'usearch';
import { assert } from '../../common/assert.ts';
import { dot } from '../../common/matrix.ts';
import { checkVector } from '../db/vectors.ts';

export interface Hit {
  readonly id: number;
  /** Cosine similarity, from float64 sums. */
  readonly score: number;
}

export interface SearchOptions {
  readonly count: number;
  /** Only vectors of this score or more; by default all. */
  readonly threshold?: number;
  /** Asked once for every vector; by default all take part. */
  readonly allows?: (id: number) => boolean;
}

/** Vectors of a block: 128 MB at 512 dimensions. A growing index gets another block and never copies. */
const BLOCK_ROWS = 65_536;
/** A block's candidates beyond the wanted count, so that float32 scores may put the order wrong a little. */
const SPARE_CANDIDATES = 16;
/** Float32 scores of unit vectors differ from float64 ones by less than this. */
const SCORE_ERROR = 1e-5;

interface Block {
  readonly vectors: Float32Array;
  readonly ids: Float64Array;
}

export class VectorIndex {
  readonly dimension: number;
  readonly #threads: number;
  readonly #blocks: Block[] = [];
  readonly #rowOf = new Map<number, number>();

  /** `threads` of one search; 0 leaves it to the machine. */
  constructor(dimension: number, threads = 0) {
    this.dimension = dimension;
    this.#threads = threads;
  }

  get size(): number {
    return this.#rowOf.size;
  }

  /** Bytes that the vectors take, unused rows of the last block included. */
  get bytes(): number {
    return this.#blocks.length * BLOCK_ROWS * (this.dimension + 2) * 4;
  }

  /** Adds a vector, or replaces the one of the same number; the next search sees it. Throws `bad-data` for a bad vector. */
  put(id: number, vector: Float32Array): void {
    checkVector(vector, this.dimension, `the vector of ${id}`);
    const known = this.#rowOf.get(id);
    const row = known ?? this.size;
    if (row === this.#blocks.length * BLOCK_ROWS) this.#grow();
    this.#vectorAt(row).set(vector);
    this.#blocks[Math.floor(row / BLOCK_ROWS)].ids[row % BLOCK_ROWS] = id;
    this.#rowOf.set(id, row);
  }

  /** False where there was none. The last vector takes the free place. */
  remove(id: number): boolean {
    const row = this.#rowOf.get(id);
    if (row === undefined) return false;
    const last = this.size - 1;
    const lastId = this.#idAt(last);
    this.#vectorAt(row).set(this.#vectorAt(last));
    this.#blocks[Math.floor(row / BLOCK_ROWS)].ids[row % BLOCK_ROWS] = lastId;
    this.#rowOf.set(lastId, row);
    this.#rowOf.delete(id);
    return true;
  }

  get(id: number): Float32Array | null {
    const row = this.#rowOf.get(id);
    return row === undefined ? null : this.#vectorAt(row).slice();
  }

  /** The best vectors for a probe of unit length, best first; equal scores by smaller number. */
  search(probe: Float32Array, { count, threshold = Number.NEGATIVE_INFINITY, allows }: SearchOptions): Hit[] {
    checkVector(probe, this.dimension, 'the probe');
    assert(count > 0, `a search for ${count} results`);
    const hits: Hit[] = [];
    for (let first = 0; first < this.size; first += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, this.size - first);
      const block = this.#blocks[first / BLOCK_ROWS];
      const part = allows === undefined ? whole(block, rows) : this.#allowed(block, rows, allows);
      hits.push(...this.#searchPart(part, probe, count));
    }
    return hits
      .filter(({ score }) => score >= threshold)
      .sort(byScore)
      .slice(0, count);
  }

  /** The part's best `count`, exactly: as many more candidates as float32 may have put in the wrong order. */
  #searchPart({ vectors, ids, rows }: Part, probe: Float32Array, count: number): Hit[] {
    let asked = count + SPARE_CANDIDATES;
    for (;;) {
      const candidates = Math.min(asked, rows);
      if (candidates === 0) return [];
      const values = vectors.subarray(0, rows * this.dimension);
      const { keys, distances } = exactSearch(
        values,
        probe,
        this.dimension,
        candidates,
        MetricKind.IP,
        this.#threads,
      ) as {
        keys: BigUint64Array;
        distances: Float32Array;
      };
      const hits = Array.from(keys, (key) => {
        const row = Number(key);
        return {
          id: ids[row],
          score: dot(probe, vectors.subarray(row * this.dimension, (row + 1) * this.dimension)),
        };
      }).sort(byScore);
      // usearch's inner product distance is 1 − ⟨a, b⟩; nothing beyond the last candidate scores more than it.
      const mostBeyond = 1 - distances[candidates - 1] + SCORE_ERROR;
      if (candidates === rows || hits[count - 1].score > mostBeyond) return hits.slice(0, count);
      asked *= 4;
    }
  }

  /** The allowed rows side by side: one more pass over them, none over the others. */
  #allowed({ vectors, ids }: Block, rows: number, allows: (id: number) => boolean): Part {
    const kept: number[] = [];
    for (let row = 0; row < rows; row++) if (allows(ids[row])) kept.push(row);
    if (kept.length === rows) return { vectors, ids, rows };
    const part = new Float32Array(kept.length * this.dimension);
    kept.forEach((row, at) => {
      part.set(vectors.subarray(row * this.dimension, (row + 1) * this.dimension), at * this.dimension);
    });
    return { vectors: part, ids: Float64Array.from(kept, (row) => ids[row]), rows: kept.length };
  }

  #grow(): void {
    // Shared, so that a worker can search what this thread writes.
    this.#blocks.push({
      vectors: new Float32Array(new SharedArrayBuffer(BLOCK_ROWS * this.dimension * 4)),
      ids: new Float64Array(new SharedArrayBuffer(BLOCK_ROWS * 8)),
    });
  }

  #vectorAt(row: number): Float32Array {
    const at = (row % BLOCK_ROWS) * this.dimension;
    return this.#blocks[Math.floor(row / BLOCK_ROWS)].vectors.subarray(at, at + this.dimension);
  }

  #idAt(row: number): number {
    return this.#blocks[Math.floor(row / BLOCK_ROWS)].ids[row % BLOCK_ROWS];
  }
}

interface Part extends Block {
  readonly rows: number;
}

function whole({ vectors, ids }: Block, rows: number): Part {
  return { vectors, ids, rows };
}

function byScore(left: Hit, right: Hit): number {
  return right.score - left.score || left.id - right.id;
}
