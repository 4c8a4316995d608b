// What counts as an embedding: the right dimension, finite values, length 1.

import { ensure } from '../common/errors.ts';

/** How far a vector's length may be from 1. */
export const LENGTH_TOLERANCE = 1e-3;

/** Throws `bad-data` for another dimension or length than 1, `not-finite` for NaN and infinities. */
export function checkVector(id: number | string, vector: Float32Array, dimension: number): void {
  ensure(
    vector.length === dimension,
    'bad-data',
    `embedding ${id} has ${vector.length} dimensions, this space has ${dimension}`,
  );
  let even = 0;
  let odd = 0;
  for (let index = 0; index + 1 < dimension; index += 2) {
    even += vector[index] * vector[index];
    odd += vector[index + 1] * vector[index + 1];
  }
  if (dimension % 2 === 1) even += vector[dimension - 1] ** 2;
  const length = Math.sqrt(even + odd);
  ensure(Number.isFinite(length), 'not-finite', `embedding ${id} has a value that is no finite number`);
  ensure(
    Math.abs(length - 1) <= LENGTH_TOLERANCE,
    'bad-data',
    `embedding ${id} has length ${length.toPrecision(6)}, embeddings must have length 1`,
  );
}
