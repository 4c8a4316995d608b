import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cropImage, halve, mirror, type RgbImage, toByte } from '../../../src-main/imaging/image.ts';
import { noisePicture } from '../../support/noise-picture.ts';

/** A picture whose pixels are (v, v + 100, v + 200) for each given v. */
function marked(width: number, values: readonly number[]): RgbImage {
  const data = Uint8Array.from(values.flatMap((value) => [value, value + 100, value + 200]));
  return { width, height: values.length / width, data };
}

test('values round to the nearest byte, half up, and are clamped', () => {
  assert.deepEqual(
    [-3, -0.4, 0.49, 0.5, 1.5, 254.4, 254.5, 255, 300].map(toByte),
    [0, 0, 0, 1, 2, 254, 255, 255, 255],
  );
});

test('a mirrored picture has its columns reversed, and twice mirrored is itself', () => {
  const picture = marked(3, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(mirror(picture), marked(3, [3, 2, 1, 6, 5, 4]));
  const noise = noisePicture(7, 4, 1);
  assert.deepEqual(mirror(mirror(noise)), noise);
});

test('a crop is the named pixels', () => {
  const picture = marked(3, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(cropImage(picture, { x: 1, y: 1, width: 2, height: 2 }), marked(2, [5, 6, 8, 9]));
});

test('halving averages 2×2 pixels and leaves an odd rest out', () => {
  assert.deepEqual(halve(marked(3, [1, 2, 9, 3, 4, 9, 9, 9, 9])), marked(1, [3]));
  assert.deepEqual(halve(marked(1, [7])), marked(1, [7]));
});
