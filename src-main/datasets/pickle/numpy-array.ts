// One-dimensional numpy arrays of bytes and flags in a restricted pickle: recognised by how they say they are rebuilt.

import { type PickleRebuild, type PickleValue, textOf } from './pickle-value.ts';

/** A one-dimensional array of one byte an item. */
export interface ByteArray {
  readonly type: 'uint8' | 'bool';
  readonly bytes: Uint8Array;
}

/** Null where the value is no array, or one of another type or shape; `reason` says which. */
export type ArrayReading = { readonly array: ByteArray } | { readonly reason: string };

const TYPES: Readonly<Record<string, ByteArray['type']>> = {
  u1: 'uint8',
  uint8: 'uint8',
  b1: 'bool',
  bool: 'bool',
};

/** Bytes proper: Python 2 `str`, Python 3 `bytes`, `bytearray`; null for anything else. */
export function bytesOf(value: PickleValue | undefined): Uint8Array | null {
  return value?.kind === 'bytes' ? value.bytes : null;
}

/**
 * `_reconstruct(ndarray, (0,), b'b')` with the state (version, shape, dtype, is-Fortran, bytes), or `_frombuffer(bytes, dtype,
 * shape, order)`, as numpy writes arrays in protocols 2 to 4 and 5.
 */
export function arrayOf(value: PickleRebuild): ArrayReading {
  if (value.callable.endsWith('._reconstruct')) {
    if (value.state?.kind !== 'tuple' || value.state.items.length !== 5)
      return { reason: 'is a numpy array without its state' };
    const [, shape, type, , data] = value.state.items;
    return readArray(shape, type, data);
  }
  if (value.callable.endsWith('._frombuffer')) {
    const [data, type, shape] = value.given;
    return readArray(shape, type, data);
  }
  return { reason: `is rebuilt by ${value.callable}` };
}

/** The value of a numpy scalar of type bool or uint8; null for anything else. */
export function scalarOf(value: PickleRebuild): number | null {
  if (!value.callable.endsWith('.multiarray.scalar')) return null;
  const [type, data] = value.given;
  const bytes = bytesOf(data);
  return typeOf(type) !== null && bytes?.length === 1 ? bytes[0] : null;
}

function readArray(
  shape: PickleValue | undefined,
  type: PickleValue | undefined,
  data: PickleValue | undefined,
): ArrayReading {
  const known = typeOf(type);
  if (known === null) return { reason: 'is a numpy array of another type than uint8 or bool' };
  const [length] = shape?.kind === 'tuple' ? shape.items : [];
  if (shape?.kind !== 'tuple' || shape.items.length !== 1 || length?.kind !== 'number')
    return { reason: 'is a numpy array with other than one dimension' };
  const bytes = bytesOf(data);
  if (bytes === null || bytes.length !== length.value)
    return { reason: `is a numpy array of ${length.value} items with ${bytes?.length ?? 0} bytes` };
  return { array: { type: known, bytes } };
}

/** `dtype('u1', …)`; its byte order does not matter for one byte. */
function typeOf(value: PickleValue | undefined): ByteArray['type'] | null {
  if (value?.kind !== 'rebuild' || value.callable !== 'numpy.dtype') return null;
  const name = textOf(value.given[0])?.replace(/^[|<>=]/, '');
  return name === undefined ? null : (TYPES[name] ?? null);
}
