// Scores of all pairs of two matrices' rows, block by block, so that memory stays bounded whatever their sizes.

import { ensure } from '../common/errors.ts';
import type { Matrix } from '../common/matrix.ts';

/** Rows `leftFirst` … and `rightFirst` … of the two matrices against each other. */
export interface ScoreBlock {
  readonly leftFirst: number;
  readonly leftRows: number;
  readonly rightFirst: number;
  readonly rightRows: number;
  /** leftRows × rightRows inner products, row-major; overwritten by the next block. */
  readonly scores: Float64Array;
}

/** Rows of a tile of the kernel: 4 × 4 sums stay in registers. */
const TILE = 4;

export interface BlockOptions {
  /** Rows of a block on either side. Default 256. */
  readonly rows?: number;
  /** Both sides are the same matrix: blocks wholly below the diagonal are left out, entries of diagonal blocks all there. */
  readonly upperOnly?: boolean;
}

/**
 * Every left row against every right row, block by block: the right side is passed once for each block of the left. Sums
 * are float64. Memory: rows² × 8 bytes. Throws `bad-data` when the dimensions differ.
 */
export function* scoreBlocks(
  left: Matrix,
  right: Matrix,
  { rows = 256, upperOnly = false }: BlockOptions = {},
): Generator<ScoreBlock> {
  ensure(
    left.columns === right.columns,
    'bad-data',
    `embeddings of ${left.columns} and ${right.columns} dimensions cannot be compared`,
  );
  ensure(Number.isInteger(rows) && rows >= 1, 'bad-usage', `a block needs at least one row, not ${rows}`);
  const scores = new Float64Array(Math.min(rows, left.rows) * Math.min(rows, right.rows));
  for (let leftFirst = 0; leftFirst < left.rows; leftFirst += rows) {
    const leftRows = Math.min(rows, left.rows - leftFirst);
    for (let rightFirst = upperOnly ? leftFirst : 0; rightFirst < right.rows; rightFirst += rows) {
      const rightRows = Math.min(rows, right.rows - rightFirst);
      const block = { leftFirst, leftRows, rightFirst, rightRows, scores };
      fillBlock(left, right, block);
      yield block;
    }
  }
}

function fillBlock(left: Matrix, right: Matrix, block: ScoreBlock): void {
  const { leftFirst, leftRows, rightFirst, rightRows, scores } = block;
  const dimension = left.columns;
  const a = left.values;
  const b = right.values;
  for (let row = 0; row < leftRows; row += TILE) {
    for (let column = 0; column < rightRows; column += TILE) {
      if (row + TILE <= leftRows && column + TILE <= rightRows) {
        const base = (leftFirst + row) * dimension;
        fillTile(
          a,
          base,
          b,
          (rightFirst + column) * dimension,
          dimension,
          scores,
          row * rightRows + column,
          rightRows,
        );
        continue;
      }
      for (let i = row; i < Math.min(row + TILE, leftRows); i++) {
        for (let j = column; j < Math.min(column + TILE, rightRows); j++) {
          const leftBase = (leftFirst + i) * dimension;
          const rightBase = (rightFirst + j) * dimension;
          let sum = 0;
          for (let d = 0; d < dimension; d++) sum += a[leftBase + d] * b[rightBase + d];
          scores[i * rightRows + j] = sum;
        }
      }
    }
  }
}

/** Sixteen inner products at once: each value is loaded once for four of them. */
function fillTile(
  a: Float32Array,
  aBase: number,
  b: Float32Array,
  bBase: number,
  dimension: number,
  scores: Float64Array,
  at: number,
  stride: number,
): void {
  let [s00, s01, s02, s03] = [0, 0, 0, 0];
  let [s10, s11, s12, s13] = [0, 0, 0, 0];
  let [s20, s21, s22, s23] = [0, 0, 0, 0];
  let [s30, s31, s32, s33] = [0, 0, 0, 0];
  for (let d = 0; d < dimension; d++) {
    const a0 = a[aBase + d];
    const a1 = a[aBase + dimension + d];
    const a2 = a[aBase + 2 * dimension + d];
    const a3 = a[aBase + 3 * dimension + d];
    const b0 = b[bBase + d];
    const b1 = b[bBase + dimension + d];
    const b2 = b[bBase + 2 * dimension + d];
    const b3 = b[bBase + 3 * dimension + d];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    s03 += a0 * b3;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    s13 += a1 * b3;
    s20 += a2 * b0;
    s21 += a2 * b1;
    s22 += a2 * b2;
    s23 += a2 * b3;
    s30 += a3 * b0;
    s31 += a3 * b1;
    s32 += a3 * b2;
    s33 += a3 * b3;
  }
  scores[at] = s00;
  scores[at + 1] = s01;
  scores[at + 2] = s02;
  scores[at + 3] = s03;
  scores[at + stride] = s10;
  scores[at + stride + 1] = s11;
  scores[at + stride + 2] = s12;
  scores[at + stride + 3] = s13;
  scores[at + 2 * stride] = s20;
  scores[at + 2 * stride + 1] = s21;
  scores[at + 2 * stride + 2] = s22;
  scores[at + 2 * stride + 3] = s23;
  scores[at + 3 * stride] = s30;
  scores[at + 3 * stride + 1] = s31;
  scores[at + 3 * stride + 2] = s32;
  scores[at + 3 * stride + 3] = s33;
}
