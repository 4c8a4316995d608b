// Bicubic resampling against golden vectors made with PIL, and its own properties.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { mirror, type RgbImage } from '../../../src-main/imaging/image.ts';
import { BicubicResizer, cubicKernel, degrade, resizeBicubic } from '../../../src-main/imaging/resample.ts';
import { flatPicture, noisePicture } from '../../support/noise-picture.ts';

interface GoldenCase {
  readonly width: number;
  readonly height: number;
  readonly toWidth: number;
  readonly toHeight: number;
  readonly rgb: string;
}

/** The picture of test/fixtures/make-pil-bicubic.py. */
function pattern(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const ramp = (x * 2 + y * 3 + channel * 40) % 256;
        const edges = ((Math.floor(x / 7) + Math.floor(y / 5) + channel) % 2) * 255;
        const noise = (x * x * 31 + y * y * 17 + x * y * 13 + channel * 101) % 251;
        data[at++] = [ramp, edges, noise][(Math.floor(x / 16) + Math.floor(y / 16)) % 3];
      }
    }
  }
  return { width, height, data };
}

const golden: { pillow: string; cases: GoldenCase[] } = JSON.parse(
  await readFile(new URL('../../fixtures/pil-bicubic.json', import.meta.url), 'utf8'),
);

for (const { width, height, toWidth, toHeight, rgb } of golden.cases) {
  test(`${width}×${height} → ${toWidth}×${toHeight} is PIL's within one grey level`, () => {
    const expected = Buffer.from(rgb, 'base64');
    const { data } = resizeBicubic(pattern(width, height), toWidth, toHeight);
    assert.equal(data.length, expected.length);
    const differences = data.map((value, at) => Math.abs(value - expected[at]));
    assert.ok(Math.max(...differences) <= 1, `largest difference ${Math.max(...differences)}`);
  });
}

test('the golden vectors cover shrinking, enlarging and odd sizes', () => {
  assert.equal(golden.cases.length, 7);
});

test('degrade gives a square of the asked size', () => {
  const { width, height, data } = degrade(pattern(112, 112), 16);
  assert.deepEqual([width, height, data.length], [16, 16, 768]);
  assert.deepEqual(data, resizeBicubic(pattern(112, 112), 16, 16).data);
});

test('the kernel is Keys with a = −0.5', () => {
  // Worked by hand: 1.5·0.125 − 2.5·0.25 + 1 = 0.5625; −0.5·(3.375 − 5·2.25 + 8·1.5 − 4) = −0.0625.
  assert.equal(cubicKernel(0), 1);
  assert.equal(cubicKernel(0.5), 0.5625);
  assert.equal(cubicKernel(-1.5), -0.0625);
  assert.equal(cubicKernel(2), 0);
});

test('a flat picture stays flat', () => {
  const flat = { width: 20, height: 13, data: new Uint8Array(20 * 13 * 3).fill(200) };
  for (const value of resizeBicubic(flat, 7, 31).data) assert.equal(value, 200);
});

test('a resizer refuses a picture of another size', () => {
  const resizer = new BicubicResizer({ width: 8, height: 8 }, { width: 4, height: 4 });
  assert.throws(() => resizer.resize(pattern(8, 9)), /resizer is for 8×8, picture is 8×9/);
});

test('a mirrored picture gives the mirrored result', () => {
  for (const [width, toWidth] of [
    [112, 16],
    [16, 112],
    [31, 10],
  ]) {
    const picture = noisePicture(width, 20, 1);
    const expected = mirror(resizeBicubic(picture, toWidth, 9));
    const mirrored = resizeBicubic(mirror(picture), toWidth, 9);
    for (const [at, value] of expected.data.entries()) assert.ok(Math.abs(value - mirrored.data[at]) <= 1);
  }
});

test('without anti-aliasing a shrunk picture is sampled by the kernel of two pixels alone', () => {
  // Only the columns around 3.5 and 11.5 count: weights −1/16, 9/16, 9/16, −1/16.
  const picture = flatPicture(16, 1, [0, 0, 0]);
  const columns = [2, 3, 4, 5];
  for (const column of columns) picture.data.fill(16, column * 3, column * 3 + 3);
  picture.data.fill(160, 3 * 3, 3 * 3 + 3);
  // (−16 + 9·160 + 9·16 − 16) / 16 = 97
  assert.deepEqual([...resizeBicubic(picture, 2, 1, false).data], [97, 97, 97, 0, 0, 0]);
});
