// Views of a picture: tones, whole-number zoom, and a pan that never leaves the picture.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_ZOOM, PLAIN_VIEW, panned, toneTable, zoomed } from '../../../src-renderer/lib/pixel-view.ts';

test('the plain view changes no byte', () => {
  assert.deepEqual(
    [...toneTable(1, 1)],
    Array.from({ length: 256 }, (_, value) => value),
  );
});

test('contrast turns about the middle and stops at the ends; gamma keeps black and white', () => {
  const strong = toneTable(2, 1);
  assert.deepEqual([strong[0], strong[255]], [0, 255]);
  assert.ok(strong[200] > 200 && strong[50] < 50);
  const light = toneTable(1, 2);
  assert.deepEqual([light[0], light[255]], [0, 255]);
  // √(64 / 255) × 255 = 127.7.
  assert.equal(light[64], 128);
});

test('zoom is a whole number within limits', () => {
  assert.equal(zoomed(PLAIN_VIEW, 2.4).zoom, 2);
  assert.equal(zoomed(PLAIN_VIEW, -3).zoom, 1);
  assert.equal(zoomed(PLAIN_VIEW, 99).zoom, MOST_ZOOM);
});

test('a pan ends at the edge, and zooming out brings the picture back', () => {
  assert.equal(panned(PLAIN_VIEW, 1, 1).panX, 0);
  const far = panned(zoomed(PLAIN_VIEW, 2), 9, -9);
  assert.deepEqual([far.panX, far.panY], [0.25, -0.25]);
  assert.equal(zoomed(far, 1).panX, 0);
});
