// TensorFlow's decoders in sharp's place: the same pixels, and the same refusals, or sharp itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { messageOf } from '../../../../src-main/common/errors.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { createPictureDecoder } from '../../../../src-main/engine/runtime/picture-decoder.ts';
import { decodeImage } from '../../../../src-main/imaging/decode.ts';
import { encodePng } from '../../../../src-main/imaging/encode.ts';
import { plainPicture } from '../../../../src-main/imaging/plain-picture.ts';
import { resizeBicubic } from '../../../../src-main/imaging/resample.ts';

const runtime = loadRuntime();
const decode = createPictureDecoder(runtime);

function smoothNoise(width: number, height: number, channels: 3 | 4 = 3): Sharp {
  const rng = Rng.seeded(width * 1000 + height);
  const small = {
    width: 9,
    height: 9,
    data: Uint8Array.from({ length: 9 * 9 * 3 }, () => rng.int(256)),
  };
  const { data } = resizeBicubic(small, width, height);
  const raw =
    channels === 3
      ? data
      : Uint8Array.from({ length: width * height * 4 }, (_, at) =>
          at % 4 === 3 ? 128 : data[(at >> 2) * 3 + (at % 4)],
        );
  return sharp(raw, { raw: { width, height, channels } });
}

/** The picture's one scan told three times: a component each, of which a decoder has to wait for the last. */
function separateScans(jpeg: Buffer): Buffer {
  const at = jpeg.indexOf(Buffer.of(0xff, 0xda));
  const body = jpeg.subarray(at + 14, -2);
  const scans = [1, 2, 3].map((component) =>
    Buffer.concat([Buffer.of(0xff, 0xda, 0, 8, 1, component, component === 1 ? 0x00 : 0x11, 0, 63, 0), body]),
  );
  return Buffer.concat([jpeg.subarray(0, at), ...scans, Buffer.of(0xff, 0xd9)]);
}

/** A PNG that carries so many bytes of text before its pixels. */
function withText(png: Buffer, bytes: number): Buffer {
  const content = Buffer.concat([Buffer.from('tEXtnote\0'), Buffer.alloc(bytes, 'a')]);
  const chunk = Buffer.alloc(content.length + 8);
  chunk.writeUInt32BE(content.length - 4, 0);
  content.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(content), chunk.length - 4);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

async function assertSame(bytes: Uint8Array, what: string): Promise<void> {
  // One after the other: libvips keeps its messages in one buffer for all threads.
  const [ours] = await Promise.allSettled([decode(bytes, 'a.jpg')]);
  const [theirs] = await Promise.allSettled([decodeImage(bytes, 'a.jpg')]);
  assert.equal(ours.status, theirs.status, what);
  if (ours.status === 'rejected' && theirs.status === 'rejected')
    assert.equal(messageOf(ours.reason), messageOf(theirs.reason), what);
  if (ours.status === 'fulfilled' && theirs.status === 'fulfilled' && (await isSound(bytes))) {
    assert.deepEqual([ours.value.width, ours.value.height], [theirs.value.width, theirs.value.height], what);
    assert.ok(Buffer.from(ours.value.data).equals(theirs.value.data), `${what}: other pixels`);
  }
}

/** False for what a decoder only warns about: what it shows in place of the damaged part is its own affair. */
async function isSound(bytes: Uint8Array): Promise<boolean> {
  const strict = sharp(bytes, { failOn: 'warning' }).raw().toBuffer();
  return strict.then(
    () => true,
    () => false,
  );
}

test('plain pictures have the pixels that sharp gives them', async () => {
  for (const [width, height] of [
    [112, 112],
    [16, 16],
    [33, 20],
    [512, 40],
    [7, 5],
  ]) {
    const picture = smoothNoise(width, height);
    const files = {
      'JPEG 4:2:0': await picture.clone().jpeg().toBuffer(),
      'JPEG 4:4:4': await picture.clone().jpeg({ chromaSubsampling: '4:4:4', quality: 97 }).toBuffer(),
      'grey JPEG': await picture.clone().greyscale().toColourspace('b-w').jpeg().toBuffer(),
      PNG: await picture.clone().png().toBuffer(),
      'our own PNG': await encodePng(await decodeImage(await picture.clone().png().toBuffer(), 'made')),
    };
    for (const [kind, bytes] of Object.entries(files)) {
      assert.deepEqual(
        plainPicture(bytes),
        { format: kind.endsWith('PNG') ? 'png' : 'jpeg', width, height },
        `${kind} of ${width}×${height} is plain`,
      );
      await assertSame(bytes, `${kind} of ${width}×${height}`);
    }
  }
});

test('what leaves a decoder a choice goes to sharp', async () => {
  const picture = smoothNoise(64, 48);
  const clear = smoothNoise(64, 48, 4);
  const files = {
    'progressive, in many scans': await picture.clone().jpeg({ progressive: true }).toBuffer(),
    'turned by EXIF': await picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'with a profile': await picture.clone().withIccProfile('p3').jpeg().toBuffer(),
    'PNG with a profile': await picture.clone().withIccProfile('p3').png().toBuffer(),
    CMYK: await picture.clone().toColourspace('cmyk').jpeg().toBuffer(),
    transparent: await clear.clone().png().toBuffer(),
    palette: await picture.clone().png({ palette: true }).toBuffer(),
    'grey PNG': await picture.clone().greyscale().toColourspace('b-w').png().toBuffer(),
    '16 bits': await picture.clone().toColourspace('rgb16').png().toBuffer(),
    interlaced: await picture.clone().png({ progressive: true }).toBuffer(),
    WebP: await picture.clone().webp().toBuffer(),
    'a scan for each component': separateScans(await picture.clone().jpeg().toBuffer()),
    'PNG with much beside it': withText(await picture.clone().png().toBuffer(), 2 ** 21),
    large: await smoothNoise(600, 20).jpeg().toBuffer(),
  };
  for (const [kind, bytes] of Object.entries(files)) {
    assert.equal(plainPicture(bytes), null, `${kind} is not plain`);
    await assertSame(bytes, kind);
  }
});

test('damaged files end as they do with sharp: accepted or refused with the same words', async () => {
  const rng = Rng.seeded(5);
  const whole = [
    await smoothNoise(48, 48).jpeg().toBuffer(),
    await smoothNoise(48, 48).jpeg({ progressive: true }).toBuffer(),
    await smoothNoise(48, 48).png().toBuffer(),
  ];
  for (const file of whole) {
    for (let round = 0; round < 60; round++) {
      const damaged = Buffer.from(file);
      for (let byte = 0; byte <= round % 3; byte++) damaged[rng.int(damaged.length)] = rng.int(256);
      await assertSame(damaged, `round ${round}`);
      const cut = rng.int(file.length);
      await assertSame(file.subarray(0, cut), `cut at ${cut}`);
      // The end is there, the middle is not.
      await assertSame(
        Buffer.concat([file.subarray(0, cut), file.subarray(-12)]),
        `without its middle from ${cut}`,
      );
    }
  }
});

test('nothing is left behind, whatever is decoded', async () => {
  const before = runtime.tf.memory().numTensors;
  const file = await smoothNoise(40, 40).jpeg().toBuffer();
  await decode(file, 'whole');
  await decode(Buffer.concat([file.subarray(0, 400), file.subarray(-2)]), 'damaged').catch(() => {});
  assert.equal(runtime.tf.memory().numTensors, before);
});
