import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, type Matrix, rowOf } from '../../../../../src-main/common/matrix.ts';
import { Rng } from '../../../../../src-main/common/rng.ts';
import { Block } from '../../../../../src-main/gallery/search/block.ts';
import { Kernels } from '../../../../../src-main/gallery/search/kernels/kernels.ts';
import {
  allocateBlock,
  CHUNK_ROWS,
  type SpaceLayout,
  spaceLayout,
} from '../../../../../src-main/gallery/search/layout.ts';
import {
  codePosition,
  splitVector,
  spreadProbe,
} from '../../../../../src-main/gallery/search/vector-codes.ts';
import { randomUnitRows } from '../../../../support/unit-rows.ts';

const ROWS = 12;
/** One group, no multiple of 64, no multiple of 32, padded, and the usual one. */
const DIMENSIONS = [16, 48, 80, 100, 512];

interface Bench {
  readonly layout: SpaceLayout;
  readonly kernels: Kernels;
  readonly block: Block;
}

function filledBlock(rows: Matrix): Bench {
  const layout = spaceLayout(rows.columns, 'exact', CHUNK_ROWS);
  const block = new Block(allocateBlock(layout), layout);
  for (let row = 0; row < rows.rows; row++) {
    splitVector(rowOf(rows, row), block.upper, block.lower, row * layout.paddedDimension);
  }
  return { layout, kernels: new Kernels(layout), block };
}

/** What the upper halves of a row say. */
function halvesOf({ block, layout }: Bench, row: number): Float32Array {
  const first = row * layout.paddedDimension;
  const halves = new Uint16Array(block.upper.buffer, 2 * first, layout.paddedDimension);
  const bits = Uint32Array.from(halves, (half) => half << 16);
  return new Float32Array(bits.buffer);
}

for (const dimension of DIMENSIONS) {
  test(`scoreHalves of ${dimension} values sums what the upper halves say`, () => {
    const bench = filledBlock(randomUnitRows(ROWS, dimension, 1));
    const { layout, kernels, block } = bench;
    const { map, scratch } = kernels;
    const probe = new Float32Array(layout.paddedDimension);
    probe.set(randomUnitRows(1, dimension, 2).values);
    spreadProbe(probe, new Float32Array(scratch.buffer, map.probes, layout.paddedDimension));
    kernels.bind(block.handle.vectors).scoreHalves(8 * layout.paddedDimension, 8, map.probes, map.scores);
    const scores = new Float32Array(scratch.buffer, map.scores, 8);
    for (let row = 0; row < 8; row++) {
      const expected = dot(halvesOf(bench, row + 4), probe);
      assert.ok(Math.abs(scores[row] - expected) < 1e-6, `row ${row}: ${scores[row]}, expected ${expected}`);
    }
  });

  test(`codeHalves of ${dimension} values codes rows and says what the codes miss`, () => {
    const bench = filledBlock(randomUnitRows(ROWS, dimension, 3));
    const { layout, kernels, block } = bench;
    const { map, scratch } = kernels;
    const { codes, sums, scales, errors } = map;
    kernels.bind(block.handle.vectors).codeHalves(0, ROWS, codes, sums, scales, errors);
    for (let row = 0; row < ROWS; row++) {
      const halves = halvesOf(bench, row);
      const size = layout.paddedDimension;
      const coded = new Int8Array(scratch.buffer, codes + row * size, size);
      const scale = new Float32Array(scratch.buffer, scales, ROWS)[row];
      const largest = halves.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert.ok(Math.abs(scale - largest / 127) < 1e-8);
      let squares = 0;
      halves.forEach((value, index) => {
        const missed = value - scale * coded[codePosition(index)];
        assert.ok(Math.abs(missed) <= scale * 0.5001, `value ${index} of row ${row} is off by ${missed}`);
        squares += missed * missed;
      });
      const error = new Float32Array(scratch.buffer, errors, ROWS)[row];
      assert.ok(Math.abs(error - Math.sqrt(squares)) <= 1e-4 * Math.sqrt(squares) + 1e-9);
      assert.equal(
        new Float32Array(scratch.buffer, sums, ROWS)[row],
        coded.reduce((sum, code) => sum + code, 0),
      );
    }
  });

  test(`scoreCodes of ${dimension} values multiplies every row with every probe`, () => {
    const layout = spaceLayout(dimension, 'compact', CHUNK_ROWS);
    const { kernels, block } = {
      kernels: new Kernels(layout),
      block: new Block(allocateBlock(layout), layout),
    };
    const { map, scratch } = kernels;
    const size = layout.paddedDimension;
    const rng = Rng.seeded(dimension);
    const planes = 6;
    for (let index = 0; index < ROWS * size; index++) block.codes[index] = rng.int(255) - 127;
    for (let row = 0; row < ROWS; row++) {
      block.codeSums[row] = rng.int(1000) - 500;
      block.codeScales[row] = rng.next();
    }
    const probes = new Uint8Array(scratch.buffer, map.planes, planes * size);
    for (let index = 0; index < probes.length; index++) probes[index] = rng.int(128);
    const table = new Float32Array(scratch.buffer, map.table, 2 * planes);
    for (let index = 0; index < table.length; index++) table[index] = rng.uniform(0, 64);
    const sums = block.codeSums.byteOffset;
    const scales = block.codeScales.byteOffset;
    const bound = kernels.bind(block.handle.vectors);
    bound.scoreCodes(0, ROWS, sums, scales, map.planes, map.table, planes, map.scores, map.scoreStride);
    for (let plane = 0; plane < planes; plane++) {
      const scores = new Float32Array(scratch.buffer, map.scores + plane * map.scoreStride, ROWS);
      for (let row = 0; row < ROWS; row++) {
        let total = 0;
        for (let index = 0; index < size; index++) {
          total += block.codes[row * size + index] * probes[plane * size + index];
        }
        const expected =
          (total - table[2 * plane] * block.codeSums[row]) * table[2 * plane + 1] * block.codeScales[row];
        assert.ok(Math.abs(scores[row] - expected) <= 1e-5 * Math.abs(expected) + 1e-3, `${plane}, ${row}`);
      }
    }
  });
}

test('the largest codes of a long row do not overflow', () => {
  const layout = spaceLayout(4096, 'compact', CHUNK_ROWS);
  const kernels = new Kernels(layout);
  const block = new Block(allocateBlock(layout), layout);
  const { map, scratch } = kernels;
  block.codes.fill(-127, 0, 4 * 4096);
  block.codeScales.fill(1, 0, 4);
  new Uint8Array(scratch.buffer, map.planes, 2 * 4096).fill(127);
  new Float32Array(scratch.buffer, map.table, 4).set([0, 1, 0, 1]);
  const bound = kernels.bind(block.handle.vectors);
  const sums = block.codeSums.byteOffset;
  const scales = block.codeScales.byteOffset;
  bound.scoreCodes(0, 4, sums, scales, map.planes, map.table, 2, map.scores, map.scoreStride);
  assert.deepEqual(
    [...new Float32Array(scratch.buffer, map.scores, 4)],
    new Array(4).fill(Math.fround(-127 * 127 * 4096)),
  );
});
