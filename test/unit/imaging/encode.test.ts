// PNG files as other programs read them: lossless, the same bytes each time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { Rng } from '../../../src-main/common/rng.ts';
import { encodePng } from '../../../src-main/imaging/encode.ts';

for (const [width, height] of [
  [1, 1],
  [16, 16],
  [3, 200],
  [200, 3],
  [113, 111],
]) {
  test(`${width}×${height} px come back as they were`, async () => {
    const rng = Rng.seeded(width, height);
    const data = Uint8Array.from({ length: width * height * 3 }, () => rng.int(256));
    const png = await encodePng({ width, height, data });
    const { data: read, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual(
      { width: info.width, height: info.height, channels: info.channels },
      { width, height, channels: 3 },
    );
    assert.deepEqual(new Uint8Array(read), data);
    assert.deepEqual(await encodePng({ width, height, data }), png);
  });
}

test('it says nothing but what the picture is', async () => {
  const png = await encodePng({ width: 4, height: 2, data: new Uint8Array(24) });
  const { format, space, depth, exif, icc, xmp, isProgressive } = await sharp(png).metadata();
  assert.deepEqual(
    { format, space, depth, exif, icc, xmp, isProgressive },
    {
      ...{ format: 'png', space: 'srgb', depth: 'uchar', isProgressive: false },
      ...{ exif: undefined, icc: undefined, xmp: undefined },
    },
  );
});
