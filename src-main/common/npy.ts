// NumPy's .npy files (format 1.0): a header of fixed size for its shape, then numbers in C order, little-endian.

import { ensure } from './errors.ts';

/** float32 and int64, little-endian. */
export type NpyType = '<f4' | '<i8';

export interface NpyHeader {
  readonly type: NpyType;
  readonly shape: readonly number[];
  /** Where the numbers start. */
  readonly offset: number;
}

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
const ALIGNMENT = 64;
/** Bytes that hold any header of ours; more are not read. */
export const LONGEST_NPY_HEADER = 1024;
const BYTES_OF: Readonly<Record<NpyType, number>> = { '<f4': 4, '<i8': 8 };

/** Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
export function npyHeader(type: NpyType, shape: readonly number[]): Buffer {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${extents}), }`;
  const unpadded = MAGIC.length + 2 + text.length + 1;
  const size = Math.ceil(unpadded / ALIGNMENT) * ALIGNMENT;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(size - MAGIC.length - 2);
  return Buffer.concat([MAGIC, length, Buffer.from(`${text.padEnd(text.length + size - unpadded)}\n`)]);
}

/** From a file's first bytes and its size. Throws `bad-data` for another type or form, or a size that its shape does not give. */
export function parseNpyHeader(start: Uint8Array, fileBytes: number, name: string): NpyHeader {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  const isNpy = bytes.length > MAGIC.length + 2 && bytes.subarray(0, MAGIC.length).equals(MAGIC);
  ensure(isNpy, 'bad-data', `${name} is no .npy file of format 1.0`);
  const offset = MAGIC.length + 2 + bytes.readUInt16LE(MAGIC.length);
  ensure(offset <= bytes.length, 'bad-data', `${name} has a header of ${offset} bytes, or is cut off`);
  const text = bytes.subarray(MAGIC.length + 2, offset).toString('latin1');
  const found =
    /^\{'descr': '(<f4|<i8)', 'fortran_order': False, 'shape': \((\d{1,15}(?:, ?\d{1,15})*),?\), ?\}\s*$/.exec(
      text,
    );
  ensure(
    found !== null,
    'bad-data',
    `${name} holds other numbers than little-endian float32 or int64 in C order`,
  );
  const type = found[1] as NpyType;
  const shape = found[2].split(',').map(Number);
  const expected = offset + shape.reduce((product, extent) => product * extent, BYTES_OF[type]);
  ensure(
    expected === fileBytes,
    'bad-data',
    `${name} has ${fileBytes} bytes, its shape (${shape.join(', ')}) takes ${expected}`,
  );
  return { type, shape, offset };
}
