// Kernel: inner products of many byte-coded probes with byte-coded rows, sixteen products an instruction.

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

const ROWS_PER_TILE = 4;
/** Four rows × two probes: eight sums, six loads for eight products; three probes spill registers (measured slower). */
export const PROBES_PER_TILE = 2;
/** One entry of the probe table: offset and scale, float32 each. */
export const PROBE_ENTRY_BYTES = 8;

/**
 * `scoreCodes(rows, count, sums, scales, probes, table, probeCount, scores, stride)`: `count` rows (a multiple of 4) of
 * `dimension` signed bytes (a multiple of 16) at `rows`, their float32 sums and scales at `sums` and `scales`, all in the
 * first memory. In scratch: `probeCount` (a multiple of 2) probes of bytes 0…127, their table, and the scores as float32,
 * `stride` bytes from one probe's to the next. A score is (Σ row·probe − offset · sum) · probe's scale · row's scale.
 */
export function scoreCodes(dimension: number): FunctionWriter {
  const written = new FunctionWriter('scoreCodes');
  const rows = written.parameter();
  const count = written.parameter();
  const sums = written.parameter();
  const scales = written.parameter();
  const probes = written.parameter();
  const table = written.parameter();
  const probeCount = written.parameter();
  const scores = written.parameter();
  const stride = written.parameter();
  const end = written.local('i32');
  const row = written.local('i32');
  const rowEnd = written.local('i32');
  const probe = written.local('i32');
  const probesEnd = written.local('i32');
  const entry = written.local('i32');
  const target = written.local('i32');
  const loadedProbes = written.locals(PROBES_PER_TILE);
  const loadedRow = written.local('v128');
  const totals = Array.from({ length: PROBES_PER_TILE }, () => written.locals(ROWS_PER_TILE));
  const unroll = dimension % 32 === 0 ? 2 : 1;

  const multiplySixteen = (load: number): Code =>
    sequence(
      repeat(PROBES_PER_TILE, (index) =>
        set(loadedProbes[index], v128.load(SCRATCH, get(probe), index * dimension + 16 * load)),
      ),
      repeat(ROWS_PER_TILE, (index) =>
        sequence(
          set(loadedRow, v128.load(ROWS, get(row), index * dimension + 16 * load)),
          repeat(PROBES_PER_TILE, (other) =>
            set(
              totals[other][index],
              i32x4.relaxedDotBytes(get(loadedRow), get(loadedProbes[other]), get(totals[other][index])),
            ),
          ),
        ),
      ),
    );
  const storeScores = (index: number): Code => {
    const total = f32x4.fromI32(sumLanes(i32x4.add, totals[index]));
    const offset = f32x4.multiply(
      v128.load(ROWS, get(sums)),
      v128.loadSplat32(SCRATCH, get(entry), index * PROBE_ENTRY_BYTES),
    );
    const scale = f32x4.multiply(
      v128.load(ROWS, get(scales)),
      v128.loadSplat32(SCRATCH, get(entry), index * PROBE_ENTRY_BYTES + 4),
    );
    return sequence(
      v128.store(SCRATCH, get(target), f32x4.multiply(f32x4.subtract(total, offset), scale)),
      advance(target, get(stride)),
    );
  };
  const oneTile = sequence(
    repeat(PROBES_PER_TILE, (index) =>
      repeat(ROWS_PER_TILE, (other) => set(totals[index][other], v128.constant32(0))),
    ),
    set(row, get(rows)),
    set(rowEnd, i32.add(get(rows), i32.constant(dimension))),
    repeatWhile(
      sequence(
        repeat(unroll, multiplySixteen),
        advance(row, i32.constant(16 * unroll)),
        advance(probe, i32.constant(16 * unroll)),
      ),
      i32.isLess(get(row), get(rowEnd)),
    ),
    repeat(PROBES_PER_TILE, storeScores),
    advance(probe, i32.constant((PROBES_PER_TILE - 1) * dimension)),
    advance(entry, i32.constant(PROBES_PER_TILE * PROBE_ENTRY_BYTES)),
  );

  return written.body(
    set(end, i32.add(get(scores), i32.multiply(get(count), i32.constant(4)))),
    set(probesEnd, i32.add(get(probes), i32.multiply(get(probeCount), i32.constant(dimension)))),
    repeatWhile(
      sequence(
        set(target, get(scores)),
        set(probe, get(probes)),
        set(entry, get(table)),
        repeatWhile(oneTile, i32.isLess(get(probe), get(probesEnd))),
        advance(rows, i32.constant(ROWS_PER_TILE * dimension)),
        advance(sums, i32.constant(4 * ROWS_PER_TILE)),
        advance(scales, i32.constant(4 * ROWS_PER_TILE)),
        advance(scores, i32.constant(4 * ROWS_PER_TILE)),
      ),
      i32.isLess(get(scores), get(end)),
    ),
  );
}

function advance(local: Local, by: Code): Code {
  return set(local, i32.add(get(local), by));
}
