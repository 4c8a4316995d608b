// For each face, the n most similar faces of other identities: blocked products, one bounded heap per row.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { Tf } from '../runtime/load.ts';
import { type IdentityGroups, lowerBound, membersOf } from './identity-groups.ts';
import { TopRows } from './top-rows.ts';

/**
 * Rows and columns of one block of similarities: 4 MB, small enough that reading it back and scanning it cost less
 * than its product. The sizes are fixed, not tuned to N, because rounding may differ between shapes.
 */
const BLOCK_ROWS = 256;
const BLOCK_COLUMNS = 4096;

/**
 * Hard negatives of every face: N × `negatives` face numbers, most similar first, equal similarities by number.
 * Memory besides the input and the result: one block and one heap of `BLOCK_ROWS` rows (and the tensors' copy of
 * the input where the device does not share it). Every face must have that many faces of other identities.
 */
export async function mineHardNegatives(
  tf: Tf,
  embeddings: Matrix,
  groups: IdentityGroups,
  negatives: number,
  progress: ProgressToken,
): Promise<Int32Array> {
  const faces = embeddings.rows;
  const result = new Int32Array(faces * negatives);
  const top = new TopRows(Math.min(BLOCK_ROWS, faces), negatives);
  const columnBlocks = blocksOf(tf, embeddings, BLOCK_COLUMNS);
  try {
    const stage = progress.stage('mining hard negatives', faces, 'faces');
    for (let firstRow = 0; firstRow < faces; firstRow += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, faces - firstRow);
      for (const [block, columns] of columnBlocks.entries()) {
        await nextTurn();
        progress.throwIfCancelled();
        const similarities = similaritiesOf(tf, embeddings, firstRow, rows, columns);
        const firstColumn = block * BLOCK_COLUMNS;
        for (let row = 0; row < rows; row++) {
          const line = similarities.subarray(row * columns.shape[0], (row + 1) * columns.shape[0]);
          maskIdentity(line, firstColumn, membersOf(groups, groups.groupOf[firstRow + row]));
          offerLine(top, row, line, firstColumn);
        }
      }
      for (let row = 0; row < rows; row++) top.drain(row, result.subarray((firstRow + row) * negatives));
      stage.advance(rows);
    }
  } finally {
    tf.dispose(columnBlocks);
  }
  return result;
}

/** The matrix as tensors of at most `blockRows` rows; the caller disposes of them. */
function blocksOf(tf: Tf, source: Matrix, blockRows: number): Tensor2D[] {
  const blocks: Tensor2D[] = [];
  for (let first = 0; first < source.rows; first += blockRows)
    blocks.push(rowsOf(tf, source, first, blockRows));
  return blocks;
}

function rowsOf(tf: Tf, source: Matrix, first: number, rows: number): Tensor2D {
  const last = Math.min(first + rows, source.rows);
  const values = source.values.subarray(first * source.columns, last * source.columns);
  return tf.tensor2d(values, [last - first, source.columns]);
}

/** Cosine similarities of `rows` faces from `firstRow` on with one block of faces, row-major. */
function similaritiesOf(
  tf: Tf,
  embeddings: Matrix,
  firstRow: number,
  rows: number,
  columns: Tensor2D,
): Float32Array {
  const queries = rowsOf(tf, embeddings, firstRow, rows);
  const product = tf.matMul(queries, columns, false, true); // [rows, columns]
  const values = product.dataSync<'float32'>();
  tf.dispose([queries, product]);
  return values;
}

/** Overwrites the entries of a face's own identity, itself included, with −∞. */
function maskIdentity(line: Float32Array, firstColumn: number, members: Int32Array): void {
  const end = firstColumn + line.length;
  for (let at = lowerBound(members, firstColumn); at < members.length && members[at] < end; at++) {
    line[members[at] - firstColumn] = Number.NEGATIVE_INFINITY;
  }
}

function offerLine(top: TopRows, row: number, line: Float32Array, firstColumn: number): void {
  let floor = top.floor(row);
  for (let column = 0; column < line.length; column++) {
    if (line[column] > floor) floor = top.offer(row, line[column], firstColumn + column);
  }
}
