import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { planarAlgorithm, type Rows } from '../../../../src-main/engine/layers/bilinear.ts';

function times(rows: Rows, vector: number[]): number[] {
  return rows.map((row) => row.reduce((sum, value, column) => sum + value * vector[column], 0));
}

/** 3×3, SAME padding, one channel, by definition. */
function convolve(map: number[], size: number, taps: number[], stride: number): number[] {
  const outputSize = Math.ceil(size / stride);
  const before = Math.floor(Math.max((outputSize - 1) * stride + 3 - size, 0) / 2);
  const output: number[] = [];
  for (let outY = 0; outY < outputSize; outY++) {
    for (let outX = 0; outX < outputSize; outX++) {
      let sum = 0;
      for (let tapY = 0; tapY < 3; tapY++) {
        for (let tapX = 0; tapX < 3; tapX++) {
          const y = outY * stride + tapY - before;
          const x = outX * stride + tapX - before;
          if (y >= 0 && y < size && x >= 0 && x < size) sum += map[y * size + x] * taps[tapY * 3 + tapX];
        }
      }
      output.push(sum);
    }
  }
  return output;
}

for (const size of [1, 2, 3, 4, 5]) {
  for (const stride of [1, 2]) {
    test(`the products of a ${size}×${size} map with stride ${stride} make its convolution`, () => {
      const rng = Rng.seeded(size, stride);
      const map = Array.from({ length: size ** 2 }, () => rng.normal());
      const taps = Array.from({ length: 9 }, () => rng.normal());
      const { input, weights, output } = planarAlgorithm(size, stride);
      const factors = times(weights, taps);
      const products = times(input, map).map((value, index) => value * factors[index]);
      const expected = convolve(map, size, taps, stride);
      times(output, products).forEach((value, index) => {
        assert.ok(Math.abs(value - expected[index]) < 1e-12, `pixel ${index}: ${value}, ${expected[index]}`);
      });
    });
  }
}

test('the fast algorithms multiply less than the taps that fall on pixels', () => {
  assert.equal(planarAlgorithm(2, 1).input.length, 9); // instead of 16
  assert.equal(planarAlgorithm(4, 1).input.length, 36); // instead of 100
  assert.equal(planarAlgorithm(4, 2).input.length, 25);
});
