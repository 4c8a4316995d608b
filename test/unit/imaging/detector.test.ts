// The search over tiles and scales, with a stand-in network: every block is found once, where it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Box } from '../../../src-main/imaging/box.ts';
import { FaceDetector } from '../../../src-main/imaging/detector.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import { blockDetector } from '../../support/block-detector.ts';

function frameWith(width: number, height: number, blocks: readonly Box[]): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (const block of blocks)
    for (let y = block.y; y < block.y + block.height; y++)
      data.fill(255, (y * width + block.x) * 3, (y * width + block.x + block.width) * 3);
  return { width, height, data };
}

function square(x: number, y: number, side: number): Box {
  return { x, y, width: side, height: side };
}

/** Each block once, within a pixel and a half at the scale it was found at (a twentieth of its side). */
function assertFound(found: readonly Box[], blocks: readonly Box[]): void {
  assert.equal(found.length, blocks.length, JSON.stringify(found));
  for (const block of blocks) {
    const tolerance = 1.5 + block.width / 20;
    const match = found.filter((box) =>
      (['x', 'y', 'width', 'height'] as const).every((key) => Math.abs(box[key] - block[key]) <= tolerance),
    );
    assert.equal(match.length, 1, `${JSON.stringify(block)} in ${JSON.stringify(found)}`);
  }
}

test('faces from 5 to 400 pixels in one large frame', async () => {
  const blocks = [
    square(30, 40, 5),
    square(700, 33, 12),
    square(1200, 900, 24),
    square(100, 600, 60),
    square(1500, 100, 150),
    square(700, 400, 400),
  ];
  assertFound(await new FaceDetector(blockDetector()).detect(frameWith(1920, 1080, blocks)), blocks);
});

test('faces on the borders between tiles are found once', async () => {
  // At double scale tiles of 480 × 272 picture pixels: borders all over this row and column.
  const blocks = [
    ...Array.from({ length: 30 }, (_, index) => square(10 + index * 41, 250, 8)),
    ...Array.from({ length: 12 }, (_, index) => square(640, 20 + index * 37 + (index >= 6 ? 40 : 0), 10)),
  ].filter((block, index, all) => !all.slice(0, index).some((other) => touches(block, other)));
  assertFound(await new FaceDetector(blockDetector()).detect(frameWith(1280, 720, blocks)), blocks);
});

test('what the network sees beside a face that is large in its input is left out', async () => {
  for (const side of [70, 100, 150]) {
    const blocks = [square(60, 60, side), square(20, 20, 12)];
    const detector = new FaceDetector(blockDetector([], { ghosts: true }));
    assertFound(await detector.detect(frameWith(250, 250, blocks)), blocks);
  }
});

test('without double scale the smallest faces are missed', async () => {
  const blocks = [square(50, 50, 6), square(100, 100, 20)];
  const detector = new FaceDetector(blockDetector(), { doubleScale: false });
  assertFound(await detector.detect(frameWith(200, 200, blocks)), [blocks[1]]);
});

test('the levels of a frame: double, own size, halves down to 160', async () => {
  const inputs: string[] = [];
  await new FaceDetector(blockDetector(inputs), { tileWidthPx: 2000, tileHeightPx: 2000 }).detect(
    frameWith(801, 400, []),
  );
  assert.deepEqual(inputs, ['1602×800', '801×400', '400×200', '200×100', '100×50']);
});

test('pictures of one pixel and of odd shapes are searched without complaint', async () => {
  for (const [width, height] of [
    [1, 1],
    [1, 700],
    [33, 7],
  ])
    assert.deepEqual(await new FaceDetector(blockDetector()).detect(frameWith(width, height, [])), []);
});

test('scores below the limit are left out', async () => {
  const blocks = [square(50, 50, 20)];
  const detector = new FaceDetector(blockDetector(), { minScore: 0.95 });
  assert.deepEqual(await detector.detect(frameWith(200, 200, blocks)), []);
});

function touches(left: Box, right: Box): boolean {
  return (
    left.x <= right.x + right.width &&
    right.x <= left.x + left.width &&
    left.y <= right.y + right.height &&
    right.y <= left.y + left.height
  );
}
