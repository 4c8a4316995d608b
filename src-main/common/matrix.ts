// Row-major float32 matrices: N rows of D columns in one typed array.

import { assert } from './assert.ts';

/** N × D float32, row-major. Row i is `values.subarray(i·D, (i + 1)·D)`. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

export function matrix(values: Float32Array, columns: number): Matrix {
  assert(values.length % columns === 0, `${values.length} values do not fill rows of ${columns}`);
  return { values, rows: values.length / columns, columns };
}

export function rowOf(source: Matrix, row: number): Float32Array {
  return source.values.subarray(row * source.columns, (row + 1) * source.columns);
}

/** The named rows, in that order, as a matrix of their own. */
export function gatherRows(source: Matrix, rows: ArrayLike<number>): Matrix {
  const gathered = matrix(new Float32Array(rows.length * source.columns), source.columns);
  for (let at = 0; at < rows.length; at++) rowOf(gathered, at).set(rowOf(source, rows[at]));
  return gathered;
}

/** Scales each row to unit L2 length, in place; a zero row stays zero. Returns its argument. */
export function normaliseRows(target: Matrix): Matrix {
  for (let row = 0; row < target.rows; row++) normalise(rowOf(target, row));
  return target;
}

/** Scales a vector to unit L2 length, in place; a zero vector stays zero. */
export function normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i] * vector[i];
  const length = Math.sqrt(squares);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i] /= length;
  return vector;
}

/** Inner product, accumulated in float64. */
export function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i] * right[i];
  return sum;
}

/** The parts one after the other. */
export function joinFloats(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
