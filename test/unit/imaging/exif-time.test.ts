import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { Rng } from '../../../src-main/common/rng.ts';
import { parseExifTime, readExifTime } from '../../../src-main/imaging/exif-time.ts';

async function photograph(exif: Record<string, string>): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 8, channels: 3, background: 'grey' } })
    .withExif({ IFD2: exif })
    .jpeg()
    .toBuffer();
}

test('date, fraction and zone', async () => {
  const plain = await readExifTime(await photograph({ DateTimeOriginal: '2026:01:31 18:00:02' }));
  assert.equal(plain, Date.UTC(2026, 0, 31, 18, 0, 2));
  const full = await photograph({
    DateTimeOriginal: '2026:01:31 18:00:02',
    SubSecTimeOriginal: '5',
    OffsetTimeOriginal: '-05:30',
  });
  assert.equal(await readExifTime(full), Date.UTC(2026, 0, 31, 23, 30, 2, 500));
});

test('no time, no EXIF data, no picture', async () => {
  assert.equal(await readExifTime(await photograph({ DateTimeOriginal: '0000:00:00 00:00:00' })), null);
  assert.equal(await readExifTime(await photograph({ LensModel: 'x' })), null);
  const png = sharp({ create: { width: 8, height: 8, channels: 3, background: 'grey' } }).png();
  assert.equal(await readExifTime(await png.toBuffer()), null);
  assert.equal(await readExifTime(Buffer.from('P5 1 1 255 x')), null);
});

test('a damaged block gives a time or none, and never an exception', async () => {
  const { exif } = await sharp(await photograph({ DateTimeOriginal: '2026:01:31 18:00:02' })).metadata();
  assert.ok(exif);
  assert.notEqual(parseExifTime(exif), null);
  for (let length = 0; length < exif.length; length++) parseExifTime(exif.subarray(0, length));
  const rng = Rng.seeded(1);
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from(exif);
    for (let change = 0; change < 3; change++) bytes[rng.int(bytes.length)] = rng.int(256);
    const time = parseExifTime(bytes);
    assert.ok(time === null || Number.isFinite(time));
  }
});
