// Embeddings as SQLite keeps them: float32, little-endian, unit length, checked on the way in and on the way out.

import { endianness } from 'node:os';
import { ensure } from '../../common/errors.ts';

const LARGEST_NORM_ERROR = 1e-3;

/** Throws `bad-data` for another size, for NaN and infinities, and for a vector that is not of unit length. */
export function toBlob(vector: Float32Array, dimension: number, name: string): Buffer {
  checkVector(vector, dimension, name);
  const bytes = Buffer.from(vector.slice().buffer);
  return endianness() === 'LE' ? bytes : bytes.swap32();
}

/** The reverse, with the same checks: a flipped bit must not become somebody's face. */
export function fromBlob(blob: Uint8Array, dimension: number, name: string): Float32Array {
  ensure(
    blob.length === dimension * 4,
    'bad-data',
    `${name} has ${blob.length} bytes, its space ${dimension} dimensions of 4`,
  );
  const bytes = Buffer.from(blob);
  if (endianness() !== 'LE') bytes.swap32();
  const vector = new Float32Array(bytes.buffer, bytes.byteOffset, dimension).slice();
  checkVector(vector, dimension, name);
  return vector;
}

export function checkVector(vector: Float32Array, dimension: number, name: string): void {
  ensure(
    vector.length === dimension,
    'bad-data',
    `${name} has ${vector.length} dimensions, its space ${dimension}`,
  );
  let square = 0;
  for (const value of vector) square += value * value;
  const norm = Math.sqrt(square);
  // NaN fails this too.
  ensure(
    Math.abs(norm - 1) <= LARGEST_NORM_ERROR,
    'bad-data',
    `${name} has length ${norm}, expected 1 within ${LARGEST_NORM_ERROR}`,
  );
}
