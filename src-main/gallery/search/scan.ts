// One thread's share of a search: takes chunks of rows until none are left and keeps what may be among the best.

import { GlimpseError } from '../../common/errors.ts';
import { dot } from '../../common/matrix.ts';
import { Block } from './block.ts';
import { type CandidateRows, Candidates } from './candidates.ts';
import { type ChunkScorer, codedHalvesScorer, codesScorer, halvesScorer } from './chunk-scorers.ts';
import { compileFilter, type RowTest } from './filter.ts';
import { type KernelFunctions, Kernels, MOST_PLANES } from './kernels/kernels.ts';
import { type BlockHandle, CHUNK_ROWS, type SpaceLayout } from './layout.ts';
import { isCancelled, type ScanResult, type ScanTask, takeChunk } from './scan-task.ts';
import { Selection } from './selection.ts';

/** Probes of one scan: a finely coded probe takes two planes. */
export const MOST_SCAN_PROBES = MOST_PLANES / 2;
/** From here on coding the rows costs less than a float32 pass for each further probe. */
const LEAST_CODED_PROBES = 5;
/** Where a smaller share of a chunk passes the filter, only groups of four that hold one are scored. */
const SPARSE_SHARE = 0.5;

interface BoundBlock {
  readonly block: Block;
  readonly kernels: KernelFunctions;
}

/** Scans the blocks of one vector store on one thread. */
export class Scanner {
  readonly layout: SpaceLayout;
  readonly #kernels: Kernels;
  readonly #blocks: BoundBlock[] = [];
  /** Per row of the chunk: 1 where it is visible and passes the filter. */
  readonly #passes = new Uint8Array(CHUNK_ROWS);

  constructor(layout: SpaceLayout) {
    this.layout = layout;
    this.#kernels = new Kernels(layout);
  }

  addBlock(handle: BlockHandle): void {
    const block = new Block(handle, this.layout);
    this.#blocks.push({ block, kernels: this.#kernels.bind(handle.vectors) });
  }

  /** Throws `cancelled` soon after the control's flag is set. */
  scan(task: ScanTask): ScanResult {
    const scorer = this.#scorerFor(task);
    const answers = task.fusion === 'max' ? 1 : this.#probesOf(task);
    const selections = Array.from({ length: answers }, () => new Selection(task));
    const passesFilter = compileFilter(task.filter);
    const chunks = Math.ceil(task.snapshot.rows / CHUNK_ROWS);
    let rowsPassed = 0;
    for (let chunk = takeChunk(task.control); chunk < chunks; chunk = takeChunk(task.control)) {
      if (isCancelled(task.control)) throw new GlimpseError('cancelled', 'cancelled');
      rowsPassed += this.#scanChunk(task, scorer, selections, chunk * CHUNK_ROWS, passesFilter);
    }
    return {
      candidates: this.#refine(task, scorer, selections),
      rowsPassed: passesFilter === null ? null : rowsPassed,
      rowsAbove: task.minimumScore === null ? null : this.#countAbove(task, selections, task.minimumScore),
    };
  }

  /** A row of an exact store against the task's probes `first` to `end`: the best inner product, summed in float64 in order. */
  exactScore(row: number, probes: Float32Array, first: number, end: number): number {
    const { dimension } = this.layout;
    const { block, offset } = this.locate(row);
    const vector = block.vector(offset);
    let best = Number.NEGATIVE_INFINITY;
    for (let probe = first; probe < end; probe++) {
      best = Math.max(best, dot(vector, probes.subarray(probe * dimension, (probe + 1) * dimension)));
    }
    return best;
  }

  /** The block of a row and where the row is in it. */
  locate(row: number): { block: Block; offset: number } {
    return { block: this.#blockOf(row).block, offset: row % this.layout.rowsPerBlock };
  }

  #blockOf(row: number): BoundBlock {
    return this.#blocks[Math.floor(row / this.layout.rowsPerBlock)];
  }

  #probesOf({ probes }: ScanTask): number {
    return probes.length / this.layout.dimension;
  }

  /** The probes of an answer: its own, or all under max fusion. */
  #probeRange(task: ScanTask, answer: number): [first: number, end: number] {
    return task.fusion === 'max' ? [0, this.#probesOf(task)] : [answer, answer + 1];
  }

  #scorerFor(task: ScanTask): ChunkScorer {
    if (this.layout.encoding === 'compact') return codesScorer(this.layout, this.#kernels, task.probes);
    // Counting what is above a threshold needs narrow bounds: each row in doubt is looked at by itself.
    const isCoded = this.#probesOf(task) >= LEAST_CODED_PROBES && task.minimumScore === null;
    return isCoded
      ? codedHalvesScorer(this.layout, this.#kernels, task.probes)
      : halvesScorer(this.layout, this.#kernels, task.probes);
  }

  /** Returns how many rows passed the filter. */
  #scanChunk(
    task: ScanTask,
    scorer: ChunkScorer,
    selections: readonly Selection[],
    firstRow: number,
    passesFilter: RowTest | null,
  ): number {
    const { block, kernels } = this.#blockOf(firstRow);
    const firstOffset = firstRow % this.layout.rowsPerBlock;
    let passed = 0;
    if (passesFilter === null) {
      scorer.score(block, kernels, firstOffset, 0, CHUNK_ROWS);
    } else {
      passed = this.#applyFilter(task, block, firstOffset, firstRow, passesFilter);
      if (passed === 0) return 0;
      this.#scorePassed(scorer, block, kernels, firstOffset, passed);
    }
    const chunk = {
      block,
      firstOffset,
      firstRow,
      passes: passesFilter === null ? null : this.#passes,
      largestRowError: largestOf(scorer.rowErrors),
    };
    if (task.fusion === 'max') {
      takeBest(scorer);
      selections[0].add(chunk, scorer, 0, largestOf(scorer.factors), largestOf(scorer.bases));
      return passed;
    }
    for (let answer = 0; answer < selections.length; answer++) {
      const start = answer * CHUNK_ROWS;
      selections[answer].add(chunk, scorer, start, scorer.factors[answer], scorer.bases[answer]);
    }
    return passed;
  }

  #applyFilter(
    { snapshot: { version } }: ScanTask,
    block: Block,
    firstOffset: number,
    firstRow: number,
    passesFilter: RowTest,
  ): number {
    const passes = this.#passes;
    let passed = 0;
    for (let index = 0; index < CHUNK_ROWS; index++) {
      const offset = firstOffset + index;
      const isIn = block.isVisible(offset, version) && passesFilter(block, offset, firstRow + index);
      passes[index] = isIn ? 1 : 0;
      if (isIn) passed++;
    }
    return passed;
  }

  #scorePassed(
    scorer: ChunkScorer,
    block: Block,
    kernels: KernelFunctions,
    firstOffset: number,
    passed: number,
  ): void {
    if (passed >= SPARSE_SHARE * CHUNK_ROWS) {
      scorer.score(block, kernels, firstOffset, 0, CHUNK_ROWS);
      return;
    }
    const fours = new Uint32Array(this.#passes.buffer);
    for (let from = 0; from < fours.length; from++) {
      if (fours[from] === 0) continue;
      let to = from + 1;
      while (to < fours.length && fours[to] !== 0) to++;
      scorer.score(block, kernels, firstOffset, 4 * from, 4 * to);
      from = to;
    }
  }

  /** Codes made on the fly leave many rows in question: most fall out by their halves. */
  #refine(task: ScanTask, scorer: ChunkScorer, selections: readonly Selection[]): CandidateRows[] {
    const taken = selections.map((selection) => selection.take());
    if (!scorer.isCoarse) return taken;
    const halves = halvesScorer(this.layout, this.#kernels, task.probes);
    const error = largestOf(halves.bases);
    return taken.map((coarse, answer) => {
      const fine = new Candidates(task.limit, Number.NEGATIVE_INFINITY);
      const [first, end] = this.#probeRange(task, answer);
      for (let index = 0; index < coarse.rows.length; index++) {
        if (coarse.highs[index] < fine.bar) continue;
        const score = this.#halvesScore(coarse.rows[index], first, end);
        fine.offer(coarse.rows[index], coarse.groups[index], score - error, score + error);
      }
      return fine.take();
    });
  }

  /** The best of one row's scores against the probes `first` to `end` that `halvesScorer` has laid out. */
  #halvesScore(row: number, first: number, end: number): number {
    const { map, scratch } = this.#kernels;
    const { kernels } = this.#blockOf(row);
    const offset = row % this.layout.rowsPerBlock;
    const four = offset & ~3;
    const scores = new Float32Array(scratch.buffer, map.scores, 4);
    let best = Number.NEGATIVE_INFINITY;
    for (let probe = first; probe < end; probe++) {
      const at = map.probes + probe * map.probeStride;
      kernels.scoreHalves(2 * this.layout.paddedDimension * four, 4, at, map.scores);
      best = Math.max(best, scores[offset - four]);
    }
    return best;
  }

  /** Settles the rows that the bounds left in doubt: exactly, or in a compact store by their coded scores. */
  #countAbove(task: ScanTask, selections: readonly Selection[], minimum: number): number[] {
    return selections.map(({ rowsAbove, doubtful }, answer) => {
      const [first, end] = this.#probeRange(task, answer);
      const above = doubtful.filter(({ row, score }) => {
        const isExact = this.layout.encoding === 'exact';
        return (isExact ? this.exactScore(row, task.probes, first, end) : score) >= minimum;
      });
      return rowsAbove + above.length;
    });
  }
}

/** Each row's best score over all probes takes the first probe's place. */
function takeBest({ scores, factors }: ChunkScorer): void {
  for (let probe = 1; probe < factors.length; probe++) {
    const start = probe * CHUNK_ROWS;
    for (let row = 0; row < CHUNK_ROWS; row++) {
      if (scores[start + row] > scores[row]) scores[row] = scores[start + row];
    }
  }
}

function largestOf(values: Float32Array | Float64Array): number {
  let largest = 0;
  for (let index = 0; index < values.length; index++) if (values[index] > largest) largest = values[index];
  return largest;
}
