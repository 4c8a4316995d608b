import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAMERA_SHIFTS, SHIFT_MEANINGS, shiftCamera } from '../../../src-main/imaging/camera-shift.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import { flatPicture, noisePicture } from '../../support/noise-picture.ts';

const FACE = noisePicture(16, 16, 1);

async function firstPixel(face: RgbImage, shift: (typeof CAMERA_SHIFTS)[number]): Promise<number[]> {
  return [...(await shiftCamera(face, shift, 1)).data.subarray(0, 3)];
}

test('dark, flat and tinted are what they say, by hand', async () => {
  const face = flatPicture(2, 2, [200, 100, 51]);
  assert.deepEqual(await firstPixel(face, 'dark'), [80, 40, 20]); // × 0.4
  assert.deepEqual(await firstPixel(face, 'flat'), [157, 117, 97]); // 128 + 0.4·(v − 128)
  assert.deepEqual(await firstPixel(face, 'tinted'), [255, 100, 31]); // × 1.3, 1, 0.6, clamped
});

test('noise has its deviation, follows from the seed, and differs between faces', async () => {
  const grey = flatPicture(64, 64, [128, 128, 128]);
  const noisy = await shiftCamera(grey, 'noisy', 1);
  const squares = noisy.data.reduce((sum, value) => sum + (value - 128) ** 2, 0);
  // 12,288 draws: the deviation is known to 0.6 %.
  assert.ok(Math.abs(Math.sqrt(squares / noisy.data.length) - 20) < 0.6);
  assert.deepEqual(await shiftCamera(grey, 'noisy', 1), noisy);
  assert.notDeepEqual(await shiftCamera(grey, 'noisy', 2), noisy);
});

test('every shift keeps the size, changes the picture, leaves its input alone and repeats', async () => {
  const before = FACE.data.slice();
  for (const shift of CAMERA_SHIFTS) {
    const shifted = await shiftCamera(FACE, shift, 3);
    assert.deepEqual([shifted.width, shifted.height, shifted.data.length], [16, 16, 768]);
    assert.notDeepEqual([...shifted.data], [...FACE.data], shift);
    assert.deepEqual((await shiftCamera(FACE, shift, 3)).data, shifted.data, shift);
    assert.ok(SHIFT_MEANINGS[shift] !== '');
  }
  assert.deepEqual(FACE.data, before);
});
