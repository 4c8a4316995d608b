// Random unit vectors, and the naive float64 search that the real one is held against.

import { dot, type Matrix, matrix, normaliseRows, rowOf } from '../../src-main/common/matrix.ts';
import { Rng } from '../../src-main/common/rng.ts';

export function randomUnitRows(rows: number, columns: number, seed: number): Matrix {
  const rng = Rng.seeded(seed);
  const values = Float32Array.from({ length: rows * columns }, () => rng.uniform(-1, 1));
  return normaliseRows(matrix(values, columns));
}

/** Rows in loose clusters, in turn: scores far from 0, as of real faces. */
export function clusteredUnitRows(rows: number, columns: number, clusters: number, seed: number): Matrix {
  const rng = Rng.seeded(seed);
  const centres = randomUnitRows(clusters, columns, seed + 1);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const centre = rowOf(centres, row % clusters);
    for (let column = 0; column < columns; column++) {
      values[row * columns + column] = centre[column] + (1.2 * rng.uniform(-1, 1)) / Math.sqrt(columns);
    }
  }
  return normaliseRows(matrix(values, columns));
}

export interface NaiveHit {
  readonly row: number;
  readonly score: number;
}

/** All rows by score, then by row number: float64 sums in order. */
export function naiveOrder(gallery: Matrix, probe: Float32Array): NaiveHit[] {
  return Array.from({ length: gallery.rows }, (_, row) => ({
    row,
    score: dot(rowOf(gallery, row), probe),
  })).sort((left, right) => right.score - left.score || left.row - right.row);
}
