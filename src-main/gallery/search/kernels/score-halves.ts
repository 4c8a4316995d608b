// Kernel: inner products of one float32 probe with rows kept as bfloat16 (the upper halves of float32 rows).

import {
  type Code,
  FunctionWriter,
  f32x4,
  get,
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

/** Values that one 16-byte load brings. */
const VALUES_PER_LOAD = 8;
/** Bytes that a walk touches ahead of itself, so that memory is on its way: measured best at two rows of 512. */
export const TOUCH_AHEAD_BYTES = 2048;

/**
 * `scoreHalves(rows, count, probe, scores)`: `count` rows (a multiple of 4) of `dimension` bfloat16 values (a multiple of
 * 16) at `rows`. The probe lies in scratch as float32, of each eight values the even ones first, then the odd ones
 * (`spreadProbe`). Writes `count` float32 to `scores` in scratch.
 *
 * Rows are walked one after the other: the processor's prefetcher follows one stream better than four.
 */
export function scoreHalves(dimension: number): FunctionWriter {
  const written = new FunctionWriter('scoreHalves');
  const rows = written.parameter();
  const count = written.parameter();
  const probe = written.parameter();
  const scores = written.parameter();
  const end = written.local('i32');
  const value = written.local('i32');
  const lastValue = written.local('i32');
  const upperHalf = written.local('v128');
  const loaded = written.local('v128');
  const touched = written.local('v128');
  const sums = written.locals(4);
  const rowSums = written.locals(4);
  const unroll = dimension % 64 === 0 ? 8 : 2;

  const multiplyEight = (load: number): Code => {
    const even = sums[2 * (load % 2)];
    const odd = sums[2 * (load % 2) + 1];
    const touch = v128.load(ROWS, get(rows), TOUCH_AHEAD_BYTES + 16 * load);
    return sequence(
      set(loaded, v128.load(ROWS, get(rows), 16 * load)),
      load % 4 === 0 ? set(touched, v128.xor(get(touched), touch)) : [],
      addProduct(even, i32x4.shiftLeft(get(loaded), 16), v128.load(SCRATCH, get(value), 32 * load)),
      addProduct(odd, v128.and(get(loaded), get(upperHalf)), v128.load(SCRATCH, get(value), 32 * load + 16)),
    );
  };
  const oneRow = (row: number): Code =>
    sequence(
      repeat(4, (index) => set(sums[index], v128.constant32(0))),
      set(value, get(probe)),
      set(lastValue, i32.add(get(probe), i32.constant(4 * dimension))),
      repeatWhile(
        sequence(
          repeat(unroll, multiplyEight),
          set(rows, i32.add(get(rows), i32.constant(16 * unroll))),
          set(value, i32.add(get(value), i32.constant(4 * VALUES_PER_LOAD * unroll))),
        ),
        i32.isLess(get(value), get(lastValue)),
      ),
      set(
        rowSums[row],
        f32x4.add(f32x4.add(get(sums[0]), get(sums[1])), f32x4.add(get(sums[2]), get(sums[3]))),
      ),
    );

  return written.body(
    set(upperHalf, v128.constant32(0xffff0000)),
    set(end, i32.add(get(scores), i32.multiply(get(count), i32.constant(4)))),
    repeatWhile(
      sequence(
        repeat(4, oneRow),
        v128.store(SCRATCH, get(scores), sumLanes(f32x4.add, rowSums)),
        set(scores, i32.add(get(scores), i32.constant(16))),
      ),
      i32.isLess(get(scores), get(end)),
    ),
    // Written, and by the next search overwritten, so that no compiler drops the touches.
    v128.store(SCRATCH, get(probe), get(touched), 4 * dimension),
  );
}

function addProduct(sum: Local, left: Code, right: Code): Code {
  return set(sum, f32x4.relaxedMultiplyAdd(left, right, get(sum)));
}
