import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import { warpSimilarity } from '../../../src-main/imaging/warp.ts';
import { noisePicture } from '../../support/noise-picture.ts';

const IDENTITY = { a: 1, b: 0, tx: 0, ty: 0 };

/** One channel of a small picture, row by row. */
function greys({ data }: RgbImage): number[] {
  return [...data].filter((_, at) => at % 3 === 0);
}

function grey(width: number, values: readonly number[]): RgbImage {
  return {
    width,
    height: values.length / width,
    data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
  };
}

test('the identity gives the picture', () => {
  const picture = noisePicture(9, 5, 1);
  assert.deepEqual(warpSimilarity(picture, IDENTITY, 9, 5), picture);
});

test('a whole shift moves pixels and repeats the edge', () => {
  const picture = grey(3, [10, 20, 30, 40, 50, 60]);
  const shifted = warpSimilarity(picture, { ...IDENTITY, tx: 1, ty: -1 }, 3, 2);
  assert.deepEqual(greys(shifted), [20, 30, 30, 20, 30, 30]);
});

test('between pixels it is bilinear', () => {
  const picture = grey(2, [0, 100, 200, 240]);
  // (0.25, 0.5): 0.75·0.5·0 + 0.25·0.5·100 + 0.75·0.5·200 + 0.25·0.5·240 = 117.5, rounded up
  const sampled = warpSimilarity(picture, { ...IDENTITY, tx: 0.25, ty: 0.5 }, 1, 1);
  assert.deepEqual(greys(sampled), [118]);
});

test('a quarter turn about the centre moves the corners on by one', () => {
  const picture = grey(3, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // (x, y) asks (−y + 2, x): a = 0, b = 1.
  const turned = warpSimilarity(picture, { a: 0, b: 1, tx: 2, ty: 0 }, 3, 3);
  assert.deepEqual(greys(turned), [3, 6, 9, 2, 5, 8, 1, 4, 7]);
});

test('a scale of two doubles the distance between samples, to any size', () => {
  const picture = grey(4, [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33]);
  const smaller = warpSimilarity(picture, { a: 2, b: 0, tx: 0.5, ty: 0.5 }, 2, 2);
  // The mean of each 2×2 square: 5.5, 7.5, 25.5 and 27.5, rounded up.
  assert.deepEqual(greys(smaller), [6, 8, 26, 28]);
});
