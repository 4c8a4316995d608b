// From picture to landmarks with stand-in networks: crops, coordinates, batches and the smallest faces.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOX_ALIGNMENT_BELOW_PX, landmarksFromBox } from '../../../src-main/imaging/box-landmarks.ts';
import { createFaceFinder, type DetectedFace, mainFace } from '../../../src-main/imaging/face-finder.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import { fiveOf, LandmarkFinder, landmarkSquare } from '../../../src-main/imaging/landmarks.ts';
import { measureDetection } from '../../../src-main/imaging/measure-detection.ts';
import { blockDetector } from '../../support/block-detector.ts';
import { centroidLandmarks } from '../../support/centroid-landmarks.ts';

function black(width: number, height: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

function paint(image: RgbImage, x: number, y: number, width: number, height: number): void {
  for (let row = y; row < y + height; row++)
    image.data.fill(255, (row * image.width + x) * 3, (row * image.width + x + width) * 3);
}

for (const side of [16, 64, 200, 700]) {
  test(`a point in a crop of ${side} pixels is placed where it lies in the picture`, async () => {
    const image = black(800, 800);
    const dot = Math.max(Math.round(side / 16), 1);
    paint(image, 390, 410, dot, dot);
    const [points] = await new LandmarkFinder(centroidLandmarks()).findPoints(image, [
      { centreX: 395, centreY: 405, side },
    ]);
    // Pixel centres lie on whole numbers: the middle of `dot` pixels from 390 on.
    const tolerance = side / 200 + 0.05;
    assert.ok(Math.abs(points[10].x - (390 + (dot - 1) / 2)) < tolerance, `${points[10].x}`);
    assert.ok(Math.abs(points[10].y - (410 + (dot - 1) / 2)) < tolerance, `${points[10].y}`);
  });
}

test('five landmarks are means of the points that belong to them', () => {
  const points = Array.from({ length: 68 }, (_, index) => ({ x: index, y: 100 - index }));
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = fiveOf(points).map((point) => point.x);
  // (37 + 38 + 40 + 41) / 4, (43 + 44 + 46 + 47) / 4, 30, (48 + 60) / 2, (54 + 64) / 2
  assert.deepEqual([leftEye, rightEye, nose, leftMouth, rightMouth], [39, 45, 30, 54, 59]);
});

test('the crop is as high as the box and a little lower', () => {
  const square = landmarkSquare({ x: 10, y: 20, width: 30, height: 40 });
  assert.equal(square.side, 40);
  assert.equal(square.centreX, 25);
  assert.ok(square.centreY > 40 && square.centreY < 46);
});

test('landmarks come in batches of 64 at most, in the order of the boxes', async () => {
  const image = black(700, 60);
  const boxes = Array.from({ length: 130 }, (_, index) => ({ x: index * 5, y: 20, width: 4, height: 4 }));
  for (const [index, box] of boxes.entries()) if (index % 2 === 0) paint(image, box.x + 1, 22, 2, 1);
  const batches: number[] = [];
  const found = await new LandmarkFinder(centroidLandmarks(batches)).find(image, boxes);
  assert.deepEqual(batches, [64, 64, 2]);
  assert.equal(found.length, 130);
  for (const [index, box] of boxes.entries())
    if (index % 2 === 0) assert.ok(Math.abs(found[index][0].x - (box.x + 1.5)) < 0.5, `face ${index}`);
});

test('faces of a few pixels take their landmarks from the box, larger ones from the network', async () => {
  const image = black(300, 200);
  paint(image, 20, 30, 5, 5);
  paint(image, 100, 60, 60, 60);
  const finder = createFaceFinder({ detector: blockDetector(), landmarks: centroidLandmarks() });
  const faces = await finder.find(image);
  const small = faces.find((face) => face.sizePx < BOX_ALIGNMENT_BELOW_PX);
  const large = faces.find((face) => face.sizePx > 50);
  assert.ok(small && large && faces.length === 2);
  assert.equal(small.landmarkSource, 'box');
  assert.deepEqual(small.landmarks, landmarksFromBox(small.box));
  assert.equal(large.landmarkSource, 'network');
  assert.ok(Math.abs(large.landmarks[2].x - 129.5) < 2, `${large.landmarks[2].x}`);
  assert.equal(large.sizePx, large.box.width);
});

test('landmarks from a box: eyes above nose above mouth, mirror images of each other', () => {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarksFromBox({
    x: 100,
    y: 50,
    width: 40,
    height: 60,
  });
  assert.ok(leftEye.y < nose.y && nose.y < leftMouth.y);
  // The box's middle column lies at 120 from the edge, 119.5 by pixel centres.
  for (const [left, right] of [
    [leftEye, rightEye],
    [leftMouth, rightMouth],
  ])
    assert.ok(Math.abs((left.x + right.x) / 2 - 119.5) < 1e-9 && left.x < right.x && left.y === right.y);
});

test('the main face is large and near the middle', () => {
  const image = black(250, 250);
  const faceAt = (x: number, y: number, side: number): DetectedFace => ({
    box: { x, y, width: side, height: side },
    score: 0.9,
    landmarks: landmarksFromBox({ x, y, width: side, height: side }),
    landmarkSource: 'box',
    sizePx: side,
  });
  const middle = faceAt(80, 80, 90);
  assert.equal(mainFace([faceAt(5, 5, 60), middle, faceAt(130, 120, 20)], image), middle);
  assert.equal(mainFace([], image), null);
});

test('the benchmark counts faces and sets both searches side by side', async () => {
  const image = black(400, 300);
  paint(image, 100, 60, 40, 40);
  const models = { detector: blockDetector(), landmarks: centroidLandmarks() };
  const result = await measureDetection(models, image, 2);
  assert.equal(result.faces, 1);
  assert.equal(result.milliseconds.length, 2);
  assert.equal(result.baseline.milliseconds.length, 2);
  assert.ok(Math.abs(result.ratio - result.baseline.median / result.median) < 1e-12);
});
