// Embeddings as SQLite keeps them: float32, little-endian, unit length, checked on the way in and on the way out.

import { endianness } from 'node:os';
import { ensure } from '../../common/errors.ts';
import { checkVector } from '../vector-check.ts';

const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** Throws `bad-data` for another size, for NaN and infinities, and for a vector that is not of unit length. */
export function toBlob(vector: Float32Array, dimension: number, name: string): Buffer {
  checkVector(name, vector, dimension);
  const bytes = Buffer.from(vector.slice().buffer);
  return IS_LITTLE_ENDIAN ? bytes : bytes.swap32();
}

/** The reverse, with the same checks. The vector may share the blob's memory. */
export function fromBlob(blob: Uint8Array, dimension: number, name: string): Float32Array {
  const vector = valuesOf(blob, dimension, name);
  checkVector(name, vector, dimension);
  return vector;
}

/** Without a look at the values, for callers that check them anyway. Throws `bad-data` for another size. */
export function valuesOf(blob: Uint8Array, dimension: number, name: string): Float32Array {
  ensure(
    blob.length === dimension * 4,
    'bad-data',
    `embedding ${name} has ${blob.length} bytes, its space ${dimension} dimensions of 4`,
  );
  const isUsable = IS_LITTLE_ENDIAN && blob.byteOffset % 4 === 0;
  const bytes = isUsable ? blob : Uint8Array.from(blob);
  if (!IS_LITTLE_ENDIAN) Buffer.from(bytes.buffer).swap32();
  return new Float32Array(bytes.buffer, bytes.byteOffset, dimension);
}
