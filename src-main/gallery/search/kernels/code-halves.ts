// Kernel: byte codes of rows kept as bfloat16, made on the fly for a batch of probes.

import {
  type Code,
  FunctionWriter,
  f32x4,
  get,
  i8x16,
  i16x8,
  i32,
  i32x4,
  type Local,
  ROWS,
  repeat,
  repeatWhile,
  SCRATCH,
  sequence,
  set,
  v128,
} from './encode.ts';
import { sumLanes } from './sum-lanes.ts';

/** Codes are −127…127. */
export const MOST_CODE = 127;
/** A row of zeros gets this for its largest value instead of 0; all its codes are 0. */
const LEAST_VALUE = 1e-30;

/**
 * `codeHalves(rows, count, codes, sums, scales, errors)`: `count` rows (a multiple of 4) of `dimension` bfloat16 values (a
 * multiple of 16) at `rows`. Writes to scratch: `dimension` signed bytes a row, in the rows' own order but for each
 * sixteen values, where the even ones come before the odd ones (`EVENS_FIRST`); and as float32 per row the sum of the codes,
 * the scale (largest value / 127) and the length of what the codes miss, ‖row − scale · codes‖.
 */
export function codeHalves(dimension: number): FunctionWriter {
  const written = new FunctionWriter('codeHalves');
  const rows = written.parameter();
  const count = written.parameter();
  const codes = written.parameter();
  const sums = written.parameter();
  const scales = written.parameter();
  const errors = written.parameter();
  const end = written.local('i32');
  const source = written.local('i32');
  const sourceEnd = written.local('i32');
  const upperHalf = written.local('v128');
  const magnitude = written.local('v128');
  const loaded = written.local('v128');
  const largest = written.locals(4);
  const scale = written.local('v128');
  const inverse = written.local('v128');
  const sum = written.locals(2);
  const missed = written.locals(2);
  const values = written.locals(4);
  const whole = written.locals(4);
  const rowSums = written.locals(4);
  const rowScales = written.locals(4);
  const rowErrors = written.locals(4);

  // Several sums and maxima side by side: one would wait for itself at every step.
  const raise = (index: number, value: Code): Code =>
    set(largest[index], f32x4.pseudoMax(get(largest[index]), value));
  const findLargest = (load: number): Code =>
    sequence(
      set(loaded, v128.load(ROWS, get(source), 16 * load)),
      raise(2 * load, f32x4.abs(i32x4.shiftLeft(get(loaded), 16))),
      raise(2 * load + 1, v128.and(get(loaded), get(magnitude))),
    );
  const best = largest[0];
  const codeSixteen = sequence(
    set(loaded, v128.load(ROWS, get(source))),
    set(values[0], i32x4.shiftLeft(get(loaded), 16)),
    set(values[2], v128.and(get(loaded), get(upperHalf))),
    set(loaded, v128.load(ROWS, get(source), 16)),
    set(values[1], i32x4.shiftLeft(get(loaded), 16)),
    set(values[3], v128.and(get(loaded), get(upperHalf))),
    repeat(4, (index) => {
      const code = values[index];
      return sequence(
        set(whole[index], f32x4.nearest(f32x4.multiply(get(code), get(inverse)))),
        set(sum[index % 2], f32x4.add(get(sum[index % 2]), get(whole[index]))),
        set(code, f32x4.subtract(get(code), f32x4.multiply(get(whole[index]), get(scale)))),
        set(missed[index % 2], f32x4.relaxedMultiplyAdd(get(code), get(code), get(missed[index % 2]))),
        set(whole[index], i32x4.relaxedTruncate(get(whole[index]))),
      );
    }),
    v128.store(
      SCRATCH,
      get(codes),
      i8x16.narrow(i16x8.narrow(get(whole[0]), get(whole[1])), i16x8.narrow(get(whole[2]), get(whole[3]))),
    ),
    advance(source, 32),
    advance(codes, 16),
  );
  const oneRow = (row: number): Code =>
    sequence(
      set(source, get(rows)),
      set(sourceEnd, i32.add(get(rows), i32.constant(2 * dimension))),
      repeat(4, (index) => set(largest[index], v128.constant32(bitsOf(LEAST_VALUE)))),
      repeatWhile(
        sequence(repeat(2, findLargest), advance(source, 32)),
        i32.isLess(get(source), get(sourceEnd)),
      ),
      repeat(3, (index) => raise(0, get(largest[index + 1]))),
      raise(0, v128.pick32(get(best), get(best), [2, 3, 0, 1])),
      raise(0, v128.pick32(get(best), get(best), [1, 0, 3, 2])),
      set(scale, f32x4.divide(get(best), v128.constant32(bitsOf(MOST_CODE)))),
      set(inverse, f32x4.divide(v128.constant32(bitsOf(MOST_CODE)), get(best))),
      repeat(2, (index) =>
        sequence(set(sum[index], v128.constant32(0)), set(missed[index], v128.constant32(0))),
      ),
      set(source, get(rows)),
      repeatWhile(codeSixteen, i32.isLess(get(source), get(sourceEnd))),
      set(rows, get(sourceEnd)),
      set(rowSums[row], f32x4.add(get(sum[0]), get(sum[1]))),
      set(rowScales[row], get(scale)),
      set(rowErrors[row], f32x4.add(get(missed[0]), get(missed[1]))),
    );
  const fourScales = v128.pick32(
    v128.pick32(get(rowScales[0]), get(rowScales[1]), [0, 4, 0, 4]),
    v128.pick32(get(rowScales[2]), get(rowScales[3]), [0, 4, 0, 4]),
    [0, 1, 4, 5],
  );

  return written.body(
    set(upperHalf, v128.constant32(0xffff0000)),
    set(magnitude, v128.constant32(0x7fff0000)),
    set(end, i32.add(get(sums), i32.multiply(get(count), i32.constant(4)))),
    repeatWhile(
      sequence(
        repeat(4, oneRow),
        v128.store(SCRATCH, get(sums), sumLanes(f32x4.add, rowSums)),
        v128.store(SCRATCH, get(scales), fourScales),
        v128.store(SCRATCH, get(errors), f32x4.sqrt(sumLanes(f32x4.add, rowErrors))),
        advance(sums, 16),
        advance(scales, 16),
        advance(errors, 16),
      ),
      i32.isLess(get(sums), get(end)),
    ),
  );
}

function advance(local: Local, bytes: number): Code {
  return set(local, i32.add(get(local), i32.constant(bytes)));
}

/** The bits of a float32. */
function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}
