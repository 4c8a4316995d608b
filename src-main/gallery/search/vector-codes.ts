// Float32 vectors to what blocks keep and back: halves that lose nothing, byte codes with a known error.

import { MOST_CODE } from './kernels/code-halves.ts';

/**
 * Largest ‖x − upper half of x‖ for a vector as long as 1: each value is rounded to 8 significant bits, so it is off by at
 * most 2⁻⁹ of itself.
 */
export const HALF_ERROR = 2 ** -9;

/**
 * Cuts each float32's bits in two such that (upper << 16) + (lower as signed) gives them back. The halves of two values, of
 * which the first has the even position, are one number of a plane: half as many writes.
 * @param at the vector's first position, even; a value that it lacks for a pair is written as 0
 */
export function splitVector(vector: Float32Array, upper: Uint32Array, lower: Uint32Array, at: number): void {
  const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length);
  const paired = bits.length & ~1;
  let pair = at >>> 1;
  for (let index = 0; index < paired; index += 2) {
    const first = bits[index];
    const second = bits[index + 1];
    upper[pair] = ((first + 0x8000) >>> 16) | ((second + 0x8000) & 0xffff_0000);
    lower[pair++] = (first & 0xffff) | (second << 16);
  }
  if (paired === bits.length) return;
  upper[pair] = (bits[paired] + 0x8000) >>> 16;
  lower[pair] = bits[paired] & 0xffff;
}

/** The inverse of `splitVector`, to the last bit. */
export function joinVector(
  upper: Uint32Array,
  lower: Uint32Array,
  at: number,
  dimension: number,
): Float32Array {
  const bits = new Uint32Array(dimension);
  let pair = at >>> 1;
  for (let index = 0; index < dimension; index += 2) {
    const high = upper[pair];
    const low = lower[pair++];
    bits[index] = (high << 16) + ((low << 16) >> 16);
    // Outside the array where the last one stands alone: nothing is written.
    bits[index + 1] = (high & 0xffff_0000) + (low >> 16);
  }
  return new Float32Array(bits.buffer);
}

/** What a coded vector's sums need: its float32 value is about scale · code. */
export interface CodedVector {
  readonly scale: number;
  /** Σ codes. */
  readonly sum: number;
  /** ‖vector − scale · codes‖. */
  readonly error: number;
}

/**
 * Where value `index` of a row has its code: of each sixteen values the even ones come first, because that is how the
 * `codeHalves` kernel unpacks them.
 */
export function codePosition(index: number): number {
  const within = index & 15;
  return index - within + (within >> 1) + (within & 1) * 8;
}

/** Signed bytes −127…127, written to `codes` from `at` on. */
export function codeVector(vector: Float32Array, codes: Int8Array, at: number): CodedVector {
  const scale = largestOf(vector) / MOST_CODE;
  const inverse = 1 / scale;
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < vector.length; index++) {
    // Rounds by cutting off a number that is above 0: several times faster than Math.round.
    const code = ((vector[index] * inverse + 128.5) | 0) - 128;
    const missed = vector[index] - scale * code;
    codes[at + codePosition(index)] = code;
    sum += code;
    squares += missed * missed;
  }
  return { scale, sum, error: Math.sqrt(squares) };
}

function largestOf(vector: Float32Array): number {
  let largest = 0;
  for (let index = 0; index < vector.length; index++) {
    const size = Math.abs(vector[index]);
    if (size > largest) largest = size;
  }
  return largest;
}

/** Of each eight values the even ones first, then the odd ones: what `scoreHalves` reads as two loads. */
export function spreadProbe(probe: Float32Array, target: Float32Array): void {
  target.fill(0);
  for (let index = 0; index < probe.length; index++) {
    const within = index & 7;
    target[index - within + (within >> 1) + (within & 1) * 4] = probe[index];
  }
}

/** A probe as one or two planes of bytes 0…127: score = Σ planes (Σ row·plane − offset · Σ row) · scale. */
export interface CodedProbe {
  readonly planes: readonly { readonly bytes: Uint8Array; readonly offset: number; readonly scale: number }[];
  /** ‖probe − what the planes say‖. */
  readonly error: number;
}

const COARSE_LEVELS = 63;
const FINE_LEVELS = 8191;

/** 7 bits in one plane: half the work, for rows that are re-ranked from memory. */
export function codeProbeCoarsely(probe: Float32Array, paddedDimension: number): CodedProbe {
  const scale = largestOf(probe) / COARSE_LEVELS;
  const bytes = new Uint8Array(paddedDimension).fill(COARSE_LEVELS + 1);
  const error = eachCode(probe, scale, (position, code) => {
    bytes[position] = code + COARSE_LEVELS + 1;
  });
  return { planes: [{ bytes, offset: COARSE_LEVELS + 1, scale }], error };
}

/** 14 bits in two planes (high and low 7): for rows whose re-ranking costs a read each. */
export function codeProbeFinely(probe: Float32Array, paddedDimension: number): CodedProbe {
  const scale = largestOf(probe) / FINE_LEVELS;
  const high = new Uint8Array(paddedDimension).fill(64);
  const low = new Uint8Array(paddedDimension);
  const error = eachCode(probe, scale, (position, code) => {
    const shifted = code + FINE_LEVELS + 1;
    high[position] = shifted >> 7;
    low[position] = shifted & 127;
  });
  return {
    planes: [
      { bytes: high, offset: 64, scale: 128 * scale },
      { bytes: low, offset: 0, scale },
    ],
    error,
  };
}

function eachCode(
  probe: Float32Array,
  scale: number,
  write: (position: number, code: number) => void,
): number {
  let squares = 0;
  for (let index = 0; index < probe.length; index++) {
    const code = Math.round(probe[index] / scale);
    const missed = probe[index] - scale * code;
    write(codePosition(index), code);
    squares += missed * missed;
  }
  return Math.sqrt(squares);
}
