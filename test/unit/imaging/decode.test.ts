// Every format, depth and colour model that the door lets in, and the files it must refuse with a clear sentence.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { GlimpseError } from '../../../src-main/common/errors.ts';
import { decodeImage, decodeImageFile } from '../../../src-main/imaging/decode.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import { DEFAULT_LIMITS } from '../../../src-main/imaging/image-limits.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const WIDTH = 24;
const HEIGHT = 16;

/** Smooth in every channel, so that lossy formats stay close; no two corners alike. */
const PICTURE: RgbImage = {
  width: WIDTH,
  height: HEIGHT,
  data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const x = pixel % WIDTH;
    const y = Math.floor(pixel / WIDTH);
    return [x * 10, y * 15, 200 - x * 4 - y * 4][at % 3];
  }),
};

function source(): Sharp {
  return sharp(PICTURE.data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

function assertClose(actual: RgbImage, expected: RgbImage, tolerance: number): void {
  assert.deepEqual([actual.width, actual.height], [expected.width, expected.height]);
  assert.equal(actual.data.length, expected.data.length);
  const worst = Math.max(...actual.data.map((value, at) => Math.abs(value - expected.data[at])));
  assert.ok(worst <= tolerance, `largest difference ${worst}, allowed ${tolerance}`);
}

function isRefusal(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof GlimpseError, `expected a GlimpseError, got ${String(error)}`);
    assert.equal(error.code, 'bad-image');
    assert.match(error.message, pattern);
    assert.ok(!error.message.includes('\n'), 'one sentence, one line');
    return true;
  };
}

const LOSSLESS: Record<string, () => Promise<Buffer>> = {
  png: () => source().png().toBuffer(),
  'lossless webp': () => source().webp({ lossless: true }).toBuffer(),
  'lzw tiff': () => source().tiff({ compression: 'lzw' }).toBuffer(),
  '16-bit png': () => source().toColourspace('rgb16').png().toBuffer(),
};

for (const [name, make] of Object.entries(LOSSLESS)) {
  test(`${name} comes back byte for byte`, async () => {
    assertClose(await decodeImage(await make(), name), PICTURE, 0);
  });
}

test('jpeg and lossy webp come back close', async () => {
  const jpeg = await source().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
  assertClose(await decodeImage(jpeg, 'a.jpg'), PICTURE, 12);
  assertClose(await decodeImage(await source().webp({ quality: 95 }).toBuffer(), 'a.webp'), PICTURE, 24);
});

test('a cmyk jpeg becomes rgb', async () => {
  // Muted colours: printing ink cannot show the bright ones.
  const muted = { ...PICTURE, data: PICTURE.data.map((value) => 100 + value / 5) };
  const raw = { raw: { width: WIDTH, height: HEIGHT, channels: 3 as const } };
  const cmyk = await sharp(muted.data, raw).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
  assert.equal((await sharp(cmyk).metadata()).space, 'cmyk');
  assertClose(await decodeImage(cmyk, 'cmyk.jpg'), muted, 20);
});

test('grey pictures of 8 and 16 bits get three equal channels', async () => {
  const grey = Buffer.from([0, 60, 120, 255]);
  const expected = {
    width: 2,
    height: 2,
    data: Uint8Array.from([0, 0, 0, 60, 60, 60, 120, 120, 120, 255, 255, 255]),
  };
  const raw = { raw: { width: 2, height: 2, channels: 1 as const } };
  assertClose(
    await decodeImage(await sharp(grey, raw).toColourspace('b-w').png().toBuffer(), 'grey.png'),
    expected,
    0,
  );
  const wide = Uint16Array.from(grey, (value) => value * 257);
  const png16 = await sharp(wide, raw).toColourspace('grey16').png().toBuffer();
  assert.equal((await sharp(png16).metadata()).depth, 'ushort');
  assertClose(await decodeImage(png16, 'grey16.png'), expected, 0);
});

test('a palette png becomes rgb', async () => {
  const palette = await source().png({ palette: true, dither: 0 }).toBuffer();
  assertClose(await decodeImage(palette, 'palette.png'), PICTURE, 40);
});

test('transparency shows white, whatever colour it hides', async () => {
  const rgba = Buffer.from([255, 0, 0, 255, 10, 20, 30, 0]);
  const png = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
    .png()
    .toBuffer();
  const { data } = await decodeImage(png, 'alpha.png');
  assert.deepEqual([...data], [255, 0, 0, 255, 255, 255]);
});

test('of an animation the first frame counts', async () => {
  const frames = Buffer.concat([Buffer.alloc(8 * 8 * 3, 40), Buffer.alloc(8 * 8 * 3, 220)]);
  const raw = { raw: { width: 8, height: 16, channels: 3 as const, pageHeight: 8 } };
  for (const animation of [
    await sharp(frames, raw).gif().toBuffer(),
    await sharp(frames, raw).webp({ lossless: true }).toBuffer(),
  ]) {
    assert.equal((await sharp(animation).metadata()).pages, 2);
    const image = await decodeImage(animation, 'animation');
    assert.deepEqual([image.width, image.height, image.data[0]], [8, 8, 40]);
  }
});

test('EXIF orientation is honoured: 6 means turn a quarter clockwise', async () => {
  const turned = await source().withMetadata({ orientation: 6 }).png().toBuffer();
  const image = await decodeImage(turned, 'turned.png');
  assert.deepEqual([image.width, image.height], [HEIGHT, WIDTH]);
  // The stored bottom left corner is shown at the top left.
  assert.deepEqual(
    [...image.data.subarray(0, 3)],
    [...PICTURE.data.subarray((HEIGHT - 1) * WIDTH * 3).subarray(0, 3)],
  );
});

test('a png whose header announces 60,000 × 60,000 pixels is refused before decoding', async () => {
  const png = Buffer.from(await source().png().toBuffer());
  png.writeUInt32BE(60_000, 16);
  png.writeUInt32BE(60_000, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  await assert.rejects(
    decodeImage(png, 'bomb.png'),
    isRefusal(/^bomb\.png is 60000×60000 = 3600000000 pixels, over the limit of 100000000$/),
  );
});

test('limits: bytes and pixels are named with the value', async (context) => {
  const folder = await temporaryFolder(context);
  const path = join(folder, 'large.png');
  const png = await source().png().toBuffer();
  await writeFile(path, png);
  await assert.rejects(
    decodeImageFile(path, { ...DEFAULT_LIMITS, maxBytes: 100 }),
    isRefusal(new RegExp(`large\\.png has ${png.length} bytes, over the limit of 100$`)),
  );
  await assert.rejects(
    decodeImageFile(path, { ...DEFAULT_LIMITS, maxPixels: 383 }),
    isRefusal(/large\.png is 24×16 = 384 pixels, over the limit of 383$/),
  );
  assertClose(await decodeImageFile(path, { ...DEFAULT_LIMITS, maxPixels: 384 }), PICTURE, 0);
});

test('empty, cut off and nonsense files are refused by name', async (context) => {
  const folder = await temporaryFolder(context);
  const png = await source().png().toBuffer();
  const noise = sharp(
    Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * 7919) % 251),
    { raw: { width: 64, height: 64, channels: 3 } },
  );
  const files: Record<string, [Uint8Array | string, RegExp]> = {
    'empty.jpg': ['', /empty\.jpg is empty \(0 bytes\)$/],
    'text.png': ['this is no picture', /text\.png is not a JPEG/],
    'drawing.svg': ['<svg xmlns="http://www.w3.org/2000/svg"/>', /drawing\.svg is not a JPEG/],
    'cut.png': [png.subarray(0, png.length >> 1), /cut\.png cannot be decoded: ./],
    'cut.jpg': [(await noise.clone().jpeg().toBuffer()).subarray(0, 1500), /cut\.jpg cannot be decoded: ./],
    'cut.webp': [(await noise.clone().webp().toBuffer()).subarray(0, 1500), /cut\.webp cannot be decoded: ./],
    'cut.tiff': [(await noise.clone().tiff().toBuffer()).subarray(0, 500), /cut\.tiff cannot be decoded: ./],
    'header.png': [png.subarray(0, 8), /header\.png cannot be decoded: ./],
    'zeros.bmp': [
      Buffer.concat([Buffer.from('BM'), Buffer.alloc(100)]),
      /zeros\.bmp has a bitmap header of 0 bytes/,
    ],
  };
  for (const [name, [content, pattern]] of Object.entries(files)) {
    await writeFile(join(folder, name), content);
    await assert.rejects(decodeImageFile(join(folder, name)), isRefusal(pattern), name);
  }
  await mkdir(join(folder, 'folder.jpg'));
  await assert.rejects(
    decodeImageFile(join(folder, 'folder.jpg')),
    isRefusal(/folder\.jpg cannot be read \(EISDIR\)$/),
  );
});

test('an absent file is not found', async () => {
  await assert.rejects(decodeImageFile('nowhere/at-all.jpg'), (error) => {
    assert.ok(error instanceof GlimpseError);
    assert.equal(error.code, 'not-found');
    assert.match(error.message, /^nowhere\/at-all\.jpg does not exist$/);
    return true;
  });
});
