import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import { NearDuplicateFilter } from '../../../src-main/gallery/tracking/near-duplicate.ts';
import { greyThumbnail } from '../../../src-main/imaging/thumbnail.ts';

test('means over squares of eight pixels; the rest at the edge is left out', () => {
  const [width, height] = [20, 17];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.fill(x < 8 ? (y < 8 ? 80 : 40) : 200, (y * width + x) * 3, (y * width + x) * 3 + 3);
  const thumbnail = greyThumbnail({ width, height, data });
  assert.deepEqual(thumbnail, { width: 2, height: 2, pixels: Uint8Array.of(80, 200, 40, 200) });
  assert.deepEqual(
    greyThumbnail({ width: 1, height: 1, data: Uint8Array.of(255, 255, 255) }).pixels,
    Uint8Array.of(255),
  );
});

test('a face of 16 px that moves by a third of its width is news, noise of the sensor is none', () => {
  const filter = new NearDuplicateFilter();
  const frame = (left: number, seed: number) => {
    const rng = Rng.seeded(seed);
    const [width, height] = [640, 360];
    const data = new Uint8Array(width * height * 3);
    for (let pixel = 0; pixel < width * height; pixel++) {
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      const isFace = x >= left && x < left + 16 && y >= 100 && y < 120;
      data.fill(Math.round((isFace ? 190 : 100) + 8 * rng.normal()), pixel * 3, pixel * 3 + 3);
    }
    return greyThumbnail({ width, height, data });
  };
  assert.equal(filter.keeps(frame(300, 1)), true);
  assert.equal(filter.keeps(frame(300, 2)), false);
  assert.equal(filter.keeps(frame(300, 3)), false);
  assert.equal(filter.keeps(frame(306, 4)), true);
});
