// What counts as an embedding: the right dimension, finite values, length 1.

import { GlimpseError } from '../common/errors.ts';

/** How far a vector's length may be from 1. */
export const LENGTH_TOLERANCE = 1e-3;

/** Throws `bad-data` for another dimension or length than 1, `not-finite` for NaN and infinities. */
export function checkVector(id: number | string, vector: Float32Array, dimension: number): void {
  if (vector.length !== dimension) {
    throw new GlimpseError(
      'bad-data',
      `embedding ${id} has ${vector.length} dimensions, this space has ${dimension}`,
    );
  }
  // Four sums: an addition need not wait for the one before it.
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = dimension - (dimension % 4);
  for (let index = 0; index < whole; index += 4) {
    first += vector[index] * vector[index];
    second += vector[index + 1] * vector[index + 1];
    third += vector[index + 2] * vector[index + 2];
    fourth += vector[index + 3] * vector[index + 3];
  }
  for (let index = whole; index < dimension; index++) first += vector[index] * vector[index];
  const length = Math.sqrt(first + second + third + fourth);
  if (Math.abs(length - 1) <= LENGTH_TOLERANCE) return;
  throw Number.isFinite(length)
    ? new GlimpseError(
        'bad-data',
        `embedding ${id} has length ${length.toPrecision(6)}, embeddings must have length 1`,
      )
    : new GlimpseError('not-finite', `embedding ${id} has a value that is no finite number`);
}
