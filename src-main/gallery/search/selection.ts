// From the scores of one chunk to candidates: what clears the bar, is visible and passes the filter.

import type { Block } from './block.ts';
import { type CandidateRows, Candidates } from './candidates.ts';
import type { ChunkScorer } from './chunk-scorers.ts';
import { CHUNK_ROWS } from './layout.ts';
import { type GroupOf, groupingOf } from './row-groups.ts';
import type { ScanTask } from './scan-task.ts';

/** A chunk that was scored. */
export interface ScoredChunk {
  readonly block: Block;
  /** Of the chunk's first row: within the block, and in the store. */
  readonly firstOffset: number;
  readonly firstRow: number;
  /** Per row 1 where it is visible and passes the filter; null where there is no filter. */
  readonly passes: Uint8Array | null;
  /** Of the scorer's row errors. */
  readonly largestRowError: number;
}

/** A row whose bounds leave open whether it is above the minimum. */
export interface DoubtfulRow {
  readonly row: number;
  readonly score: number;
}

/** One answer in the making. */
export class Selection {
  readonly #candidates: Candidates;
  readonly #minimum: number | null;
  readonly #version: number;
  readonly #groupOf: GroupOf;
  readonly doubtful: DoubtfulRow[] = [];
  /** Rows surely above the minimum. */
  rowsAbove = 0;

  constructor(task: ScanTask) {
    this.#candidates = new Candidates(task.limit, task.minimumScore ?? Number.NEGATIVE_INFINITY);
    this.#minimum = task.minimumScore;
    this.#version = task.snapshot.version;
    this.#groupOf = groupingOf(task.groupBy);
  }

  /** Looks through one probe's scores of a chunk, which start at `start`; `factor` and `base` bound their errors. */
  add(chunk: ScoredChunk, scorer: ChunkScorer, start: number, factor: number, base: number): void {
    const { scores, rowErrors } = scorer;
    const { block, firstOffset, firstRow, passes, largestRowError } = chunk;
    const minimum = this.#minimum;
    const reach = largestRowError * factor + base;
    let leastScore = (minimum ?? this.#candidates.bar) - reach;
    for (let index = 0; index < CHUNK_ROWS; index++) {
      const score = scores[start + index];
      // Not `<`: rows that are being written may give NaN.
      if (!(score >= leastScore)) continue;
      const offset = firstOffset + index;
      if (passes === null ? !block.isVisible(offset, this.#version) : passes[index] === 0) continue;
      const error = rowErrors[index] * factor + base;
      if (minimum !== null) this.#count(firstRow + index, score, error, minimum);
      if (score + error < this.#candidates.bar) continue;
      const group = this.#groupOf(block, offset, firstRow + index);
      this.#candidates.offer(firstRow + index, group, score - error, score + error);
      if (minimum === null) leastScore = this.#candidates.bar - reach;
    }
  }

  take(): CandidateRows {
    return this.#candidates.take();
  }

  #count(row: number, score: number, error: number, minimum: number): void {
    if (score - error >= minimum) this.rowsAbove++;
    else if (score + error >= minimum) this.doubtful.push({ row, score });
  }
}
