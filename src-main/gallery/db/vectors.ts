// Embeddings as SQLite keeps them: float32, little-endian, unit length, checked on the way in and on the way out.

import { endianness } from 'node:os';
import { GlimpseError } from '../../common/errors.ts';
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
  if (blob.length !== dimension * 4) throw sizeError(blob.length, dimension, name);
  const isUsable = IS_LITTLE_ENDIAN && blob.byteOffset % 4 === 0;
  const bytes = isUsable ? blob : Uint8Array.from(blob);
  if (!isUsable) toHostOrder(Buffer.from(bytes.buffer));
  const vector = new Float32Array(bytes.buffer, bytes.byteOffset, dimension);
  checkVector(name, vector, dimension);
  return vector;
}

/** What a blob of another size than its space's is told with. */
export function sizeError(bytes: number, dimension: number, name: string): GlimpseError {
  return new GlimpseError(
    'bad-data',
    `embedding ${name} has ${bytes} bytes, its space ${dimension} dimensions of 4`,
  );
}

/** Turns a blob's own bytes into float32 as this machine has them. */
export function toHostOrder(bytes: Buffer): void {
  if (!IS_LITTLE_ENDIAN) bytes.swap32();
}
