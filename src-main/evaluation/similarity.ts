// Embeddings to scores: cosine similarity of pairs, and the fusion of a face with its mirror image.

import { ensure, GlimpseError } from '../common/errors.ts';
import { dot, type Matrix, matrix, normaliseRows, rowOf } from '../common/matrix.ts';

/** Row `left` of the left matrix against row `right` of the right one. */
export interface EmbeddingPair {
  readonly left: number;
  readonly right: number;
}

/** How far an embedding's length may be from 1: float32 rounding stays far below, a forgotten normalisation far above. */
const LENGTH_TOLERANCE = 1e-3;

/**
 * Cosine similarity of each pair, in float64: left and right are N × D matrices of unit rows. For LR-LR both are the same
 * matrix; for LR-HR the left one holds the degraded faces and the right one the full-size ones. Throws `bad-data` for
 * other lengths than 1, dimensions that differ or rows out of range, and `not-finite` for NaN; only rows that a pair
 * uses are looked at.
 */
export function pairSimilarities(left: Matrix, right: Matrix, pairs: readonly EmbeddingPair[]): Float64Array {
  ensure(
    left.columns === right.columns,
    'bad-data',
    `embeddings of ${left.columns} and ${right.columns} dimensions cannot be compared`,
  );
  const leftLengths = new Float64Array(left.rows);
  const rightLengths = left === right ? leftLengths : new Float64Array(right.rows);
  const scores = new Float64Array(pairs.length);
  for (let pair = 0; pair < pairs.length; pair++) {
    const leftLength = lengthOf(left, pairs[pair].left, leftLengths, 'left');
    const rightLength = lengthOf(right, pairs[pair].right, rightLengths, 'right');
    const product = dot(rowOf(left, pairs[pair].left), rowOf(right, pairs[pair].right));
    scores[pair] = product / (leftLength * rightLength);
  }
  return scores;
}

/**
 * Flip fusion: the unit-length mean of each face's embedding and its mirror image's (N × D each, rows in the same
 * order). A row whose two embeddings cancel out becomes zero, which `pairSimilarities` refuses.
 */
export function fuseFlipped(plain: Matrix, mirrored: Matrix): Matrix {
  ensure(
    plain.rows === mirrored.rows && plain.columns === mirrored.columns,
    'bad-data',
    `flip fusion needs two matrices of one shape, not ${plain.rows}×${plain.columns} and ` +
      `${mirrored.rows}×${mirrored.columns}`,
  );
  const sum = new Float32Array(plain.values.length);
  for (let index = 0; index < sum.length; index++) {
    sum[index] = (plain.values[index] + mirrored.values[index]) / 2;
  }
  return normaliseRows(matrix(sum, plain.columns));
}

/** Throws `bad-data` for a row whose length is not 1, `not-finite` for one with NaN or infinities, naming side and row. */
export function ensureUnitRows(source: Matrix, side: string): void {
  for (let row = 0; row < source.rows; row++) checkedLength(source, row, side);
}

/** The row's length, checked at its first use and remembered. */
function lengthOf(source: Matrix, row: number, known: Float64Array, side: string): number {
  if (known[row] > 0) return known[row];
  ensure(
    Number.isInteger(row) && row >= 0 && row < source.rows,
    'bad-data',
    `a pair names ${side} embedding ${row}, there are ${source.rows}`,
  );
  known[row] = checkedLength(source, row, side);
  return known[row];
}

function checkedLength(source: Matrix, row: number, side: string): number {
  const values = rowOf(source, row);
  const length = Math.sqrt(dot(values, values));
  if (!Number.isFinite(length)) {
    throw new GlimpseError('not-finite', `${side} embedding ${row} has a value that is no finite number`);
  }
  ensure(
    Math.abs(length - 1) <= LENGTH_TOLERANCE,
    'bad-data',
    `${side} embedding ${row} has length ${length.toPrecision(6)}, embeddings must have length 1`,
  );
  return length;
}
