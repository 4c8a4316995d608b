import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import {
  type GreyThumbnail,
  largestBlockChange,
  NearDuplicateFilter,
} from '../../../../src-main/gallery/tracking/near-duplicate.ts';

/** A textured scene with a bright face of some pixels at x, noise of two grey levels, and an exposure. */
function scene(seed: number, faceX: number | null, exposure = 0): GreyThumbnail {
  const rng = Rng.seeded(seed);
  const pixels = Uint8Array.from({ length: 64 * 36 }, (_, at) => {
    const [x, y] = [at % 64, Math.floor(at / 64)];
    const isFace = faceX !== null && x >= faceX && x < faceX + 3 && y >= 10 && y < 13;
    const level = isFace ? 200 : 110 + 30 * Math.sin(x / 5) + 20 * Math.cos(y / 3);
    return Math.max(0, Math.min(255, Math.round(level + exposure + 2 * rng.normal())));
  });
  return { width: 64, height: 36, pixels };
}

test('by hand: the largest block mean, brightness taken off', () => {
  const thumbnail = (...pixels: number[]) => ({ width: 4, height: 2, pixels: Uint8Array.from(pixels) });
  const before = thumbnail(10, 10, 10, 10, 10, 10, 10, 10);
  // All 5 lighter but the right block's four pixels, of which two are 20 lighter still.
  const after = thumbnail(15, 15, 35, 15, 15, 15, 35, 15);
  assert.equal(largestBlockChange(before, after, 2), 10);
  assert.equal(largestBlockChange(before, after, 4), 5);
  assert.equal(largestBlockChange(before, before), 0);
});

test('noise and exposure are no change, a face of 3 px that came or moved is', () => {
  const still = scene(1, 20);
  assert.ok(largestBlockChange(still, scene(2, 20)) < 4);
  assert.ok(largestBlockChange(still, scene(2, 20, 15)) < 4);
  assert.ok(largestBlockChange(still, scene(2, null)) > 12);
  assert.ok(largestBlockChange(still, scene(2, 22)) > 12);
});

test('the filter keeps the first frame and what differs from the last kept one, slow change included', () => {
  const filter = new NearDuplicateFilter();
  const kept = [20, 20, 20, 24, 24, null, null, 24].map((faceX, seed) => filter.keeps(scene(seed, faceX)));
  assert.deepEqual(kept, [true, false, false, true, false, true, false, true]);
  // A wedge that darkens by one level a frame differs little from its neighbour and much from the last kept frame.
  const slow = new NearDuplicateFilter();
  const frames = Array.from({ length: 21 }, (_, step) => {
    const { pixels, ...size } = scene(3, null);
    return { ...size, pixels: pixels.map((level, at) => (at % 64 < 16 ? level - step : level)) };
  });
  const count = frames.filter((frame) => slow.keeps(frame)).length;
  assert.ok(count >= 3 && count <= 5, `${count} kept`);
});

test('another size is always new; a buffer that is used again does no harm; wrong sizes are refused', () => {
  const filter = new NearDuplicateFilter();
  const buffer = scene(1, 20);
  assert.equal(filter.keeps(buffer), true);
  buffer.pixels.fill(0);
  assert.equal(filter.keeps(scene(2, 20)), false);
  assert.equal(filter.keeps({ width: 32, height: 18, pixels: new Uint8Array(32 * 18) }), true);
  assert.throws(() => filter.keeps({ width: 64, height: 36, pixels: new Uint8Array(5) }), {
    code: 'bad-data',
  });
  assert.throws(() => largestBlockChange(scene(1, 1), { width: 1, height: 1, pixels: Uint8Array.of(1) }), {
    code: 'bad-data',
  });
  assert.throws(() => new NearDuplicateFilter({ leastChange: -1 }), { code: 'bad-usage' });
});
