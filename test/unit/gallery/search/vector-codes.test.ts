import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowOf } from '../../../../src-main/common/matrix.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import {
  type CodedProbe,
  codePosition,
  codeProbeCoarsely,
  codeProbeFinely,
  codeVector,
  HALF_ERROR,
  joinVector,
  splitVector,
} from '../../../../src-main/gallery/search/vector-codes.ts';
import { randomUnitRows } from '../../../support/unit-rows.ts';

function lengthOf(values: ArrayLike<number>): number {
  return Math.hypot(...Array.from(values));
}

test('halves give every float32 back to the last bit', () => {
  const rng = Rng.seeded(1);
  const bits = Uint32Array.from({ length: 4096 }, () => rng.uint32());
  // Both zeros, the smallest and largest numbers, and a carry from the lower half into the upper one.
  bits.set([0, 0x80000000, 1, 0x807fffff, 0x7f7fffff, 0x3f7fffff, 0x3f808000, 0xbf807fff]);
  const vector = new Float32Array(bits.buffer);
  const upper = new Uint32Array(2500);
  const lower = new Uint32Array(2500);
  for (const length of [bits.length, 8, 7, 1]) {
    upper.fill(0xffff_ffff);
    lower.fill(0xffff_ffff);
    splitVector(vector.subarray(0, length), upper, lower, 100);
    const joined = joinVector(upper, lower, 100, length);
    assert.deepEqual(new Uint32Array(joined.buffer), bits.slice(0, length));
    for (const plane of [upper, lower]) {
      const halves = new Uint16Array(plane.buffer);
      assert.equal(halves[99], 0xffff, 'what lies before it stays');
      assert.equal(halves[100 + length], length % 2 === 1 ? 0 : 0xffff, 'a missing one of a pair is 0');
      assert.equal(halves[102 + length], 0xffff, 'what lies behind it stays');
    }
  }
});

test('upper halves of unit vectors are off by no more than the stated bound', () => {
  const rows = randomUnitRows(50, 512, 2);
  const upper = new Uint32Array(256);
  const lower = new Uint32Array(256);
  for (let row = 0; row < rows.rows; row++) {
    const vector = rowOf(rows, row);
    splitVector(vector, upper, lower, 0);
    const halves = new Float32Array(
      Uint32Array.from(new Uint16Array(upper.buffer), (half) => half << 16).buffer,
    );
    const error = lengthOf(vector.map((value, index) => value - halves[index]));
    assert.ok(error > HALF_ERROR / 10 && error <= HALF_ERROR, `error ${error}`);
  }
});

test('of sixteen codes the even ones come first', () => {
  const positions = Array.from({ length: 18 }, (_, index) => codePosition(index));
  assert.deepEqual(positions, [0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15, 16, 24]);
});

test('a coded vector says how far its codes are off', () => {
  // Largest 0.8 → 127; 0.6 → 95.25; −0.01 → −1.5875: rounded 127, 95 and −2.
  const vector = new Float32Array(16);
  vector.set([0.8, 0.6, -0.01]);
  const codes = new Int8Array(16);
  const { scale, sum, error } = codeVector(vector, codes, 0);
  assert.deepEqual([codes[0], codes[8], codes[1]], [127, 95, -2]);
  assert.equal(sum, 220);
  assert.ok(Math.abs(scale - 0.8 / 127) < 1e-9);
  assert.ok(Math.abs(error - scale * Math.hypot(0.25, 0.4125)) < 1e-8);
});

/** What the planes of a probe stand for, value by value. */
function decode({ planes }: CodedProbe, dimension: number): Float64Array {
  return Float64Array.from({ length: dimension }, (_, index) =>
    planes.reduce(
      (value, { bytes, offset, scale }) => value + (bytes[codePosition(index)] - offset) * scale,
      0,
    ),
  );
}

for (const { name, code, mostError } of [
  { name: 'one plane', code: codeProbeCoarsely, mostError: 0.03 },
  { name: 'two planes', code: codeProbeFinely, mostError: 0.0003 },
]) {
  test(`a probe of ${name} stays within its error and within 7 bits`, () => {
    const probe = randomUnitRows(1, 100, 3).values;
    const coded = code(probe, 112);
    const decoded = decode(coded, 112);
    const padded = new Float64Array(112);
    padded.set(probe);
    const error = lengthOf(padded.map((value, index) => value - decoded[index]));
    assert.ok(Math.abs(error - coded.error) < 1e-9, `${error} is ${coded.error}`);
    assert.ok(error > 0 && error < mostError);
    for (const { bytes } of coded.planes) assert.ok(bytes.every((byte) => byte <= 127));
  });
}
