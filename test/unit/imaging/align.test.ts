// Similarity fits and warps to the template, against transforms known beforehand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ARCFACE_TEMPLATE,
  alignFace,
  applySimilarity,
  fitSimilarity,
} from '../../../src-main/imaging/align.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import type { FiveLandmarks, Point } from '../../../src-main/imaging/landmarks.ts';
import { resizeBicubic } from '../../../src-main/imaging/resample.ts';

function moved(points: readonly Point[], move: (point: Point) => Point): FiveLandmarks {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = points.map(move);
  return [leftEye, rightEye, nose, leftMouth, rightMouth];
}

function assertNear(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);
}

/** Two sine waves a template pixel apart in phase: smooth, so that sampling it is well defined. */
function waves(
  width: number,
  height: number,
  pixelsPerTemplatePixel: number,
  x0: number,
  y0: number,
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const templateX = (x - x0) / pixelsPerTemplatePixel;
      const templateY = (y - y0) / pixelsPerTemplatePixel;
      data[at] = 128 + 100 * Math.sin(templateX / 8);
      data[at + 1] = 128 + 100 * Math.sin(templateY / 8);
      data[at + 2] = 128;
    }
  }
  return { width, height, data };
}

test('a similarity is recovered from the points it moved', () => {
  const known = { a: 1.2, b: -0.4, tx: 7, ty: -3 };
  const fitted = fitSimilarity(
    ARCFACE_TEMPLATE,
    moved(ARCFACE_TEMPLATE, (point) => applySimilarity(known, point)),
  );
  for (const key of ['a', 'b', 'tx', 'ty'] as const) assertNear(fitted[key], known[key]);
});

test('the fit is the least-squares one: no nearby transform has a smaller error', () => {
  const target = moved(ARCFACE_TEMPLATE, ({ x, y }) => ({ x: x * 2 + (y % 3), y: y * 2 - (x % 5) }));
  const errorOf = (transform: { a: number; b: number; tx: number; ty: number }): number =>
    ARCFACE_TEMPLATE.reduce((sum, point, index) => {
      const { x, y } = applySimilarity(transform, point);
      return sum + (x - target[index].x) ** 2 + (y - target[index].y) ** 2;
    }, 0);
  const fitted = fitSimilarity(ARCFACE_TEMPLATE, target);
  for (const key of ['a', 'b', 'tx', 'ty'] as const)
    for (const step of [-1e-3, 1e-3])
      assert.ok(errorOf({ ...fitted, [key]: fitted[key] + step }) > errorOf(fitted), key);
});

test('a face that lies on the template comes out as it is', () => {
  const image = waves(112, 112, 1, 0, 0);
  assert.deepEqual(alignFace(image, { landmarks: ARCFACE_TEMPLATE }), image);
});

for (const scale of [0.5, 1.5, 3, 6]) {
  test(`a face ${scale} × as large lands on the template`, () => {
    const size = Math.round(140 * scale);
    const landmarks = moved(ARCFACE_TEMPLATE, ({ x, y }) => ({ x: x * scale + 10, y: y * scale + 12 }));
    const aligned = alignFace(waves(size, size, scale, 10, 12), { landmarks });
    const expected = waves(112, 112, 1, 0, 0);
    let worst = 0;
    for (const [at, value] of aligned.data.entries())
      worst = Math.max(worst, Math.abs(value - expected.data[at]));
    assert.ok(worst <= 6, `largest difference ${worst}`);
  });
}

test('a large face is smoothed, not sampled', () => {
  // Single-pixel stripes: their mean is grey, any one of them black or white.
  const image: RgbImage = {
    width: 800,
    height: 800,
    data: Uint8Array.from({ length: 800 * 800 * 3 }, (_, at) => (Math.floor(at / 3) % 2) * 255),
  };
  const landmarks = moved(ARCFACE_TEMPLATE, ({ x, y }) => ({ x: x * 6 + 40, y: y * 6 + 40 }));
  for (const value of alignFace(image, { landmarks }).data)
    assert.ok(Math.abs(value - 127.5) < 12, `${value}`);
});

test('the template scales with the output', () => {
  const image = waves(112, 112, 1, 0, 0);
  const small = alignFace(image, { landmarks: ARCFACE_TEMPLATE }, 56);
  const expected = resizeBicubic(image, 56, 56);
  assert.equal(small.width, 56);
  for (const [at, value] of small.data.entries()) assert.ok(Math.abs(value - expected.data[at]) <= 3);
});

test('a face partly outside the picture repeats the edge', () => {
  const image = { width: 20, height: 20, data: new Uint8Array(1200).fill(90) };
  for (const value of alignFace(image, { landmarks: ARCFACE_TEMPLATE }).data) assert.equal(value, 90);
});
