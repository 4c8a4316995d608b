import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { decodeImage } from '../../../src-main/imaging/decode.ts';
import { storedSize } from '../../../src-main/imaging/picture-size.ts';
import { bareJpeg, plainPicture } from '../../../src-main/imaging/plain-picture.ts';
import { noisePicture } from '../../support/noise-picture.ts';

const SECRET = 'seen at the door';
const END = Buffer.of(0xff, 0xd9);

function picture(): Sharp {
  const { data, width, height } = noisePicture(40, 24, 7);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

const COMMENT = segment(0xfe, Buffer.from(SECRET));

const JFIF = Buffer.concat([Buffer.from('JFIF\0'), Buffer.of(1, 2, 0, 0, 1, 0, 1, 0, 0)]);

/** Segments put in at the beginning, which is where they stand in a file. */
function withSegments(jpeg: Buffer, ...segments: Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

test('a JPEG is kept without its comments, and shows the same', async () => {
  for (const made of [picture().jpeg(), picture().jpeg({ chromaSubsampling: '4:4:4' })]) {
    const plain = withSegments(await made.toBuffer(), segment(0xe0, JFIF));
    const told = withSegments(await made.toBuffer(), COMMENT, segment(0xe0, JFIF), COMMENT);
    assert.deepEqual(bareJpeg(told), plain, 'what is left is what it was before');
    assert.deepEqual((await decodeImage(plain, 'bare')).data, (await decodeImage(told, 'told')).data);
    assert.deepEqual(bareJpeg(plain), plain);
  }
});

test('what could carry more than its picture is not kept as it came', async () => {
  const jpeg = await picture().jpeg().toBuffer();
  const before = jpeg.subarray(0, -2);
  const thumbnail = Buffer.concat([JFIF.subarray(0, 12), Buffer.of(1, 1, 9, 9, 9)]);
  const files = {
    'EXIF data': await picture().withMetadata({ orientation: 1 }).jpeg().toBuffer(),
    'a profile': await picture().withIccProfile('p3').jpeg().toBuffer(),
    'many scans': await picture().jpeg({ progressive: true }).toBuffer(),
    'a thumbnail': withSegments(jpeg, segment(0xe0, thumbnail)),
    'a segment of another name': withSegments(
      jpeg,
      segment(0xe0, Buffer.from('AVI1\0 at a door'.slice(0, 14))),
    ),
    'another picture after it': Buffer.concat([jpeg, jpeg]),
    'words after it': Buffer.concat([jpeg, Buffer.from(SECRET), END]),
    'a comment after the scan': Buffer.concat([before, COMMENT, END]),
    'a maker’s own segment': withSegments(jpeg, segment(0xe5, Buffer.from(SECRET))),
    'no end': before,
    'no scan': Buffer.concat([jpeg.subarray(0, 2), segment(0xe0, JFIF), END]),
    PNG: await picture().png().toBuffer(),
    text: Buffer.from(SECRET),
  };
  for (const [kind, bytes] of Object.entries(files)) {
    assert.equal(bareJpeg(bytes), null, kind);
    assert.equal(plainPicture(bytes)?.format ?? null, kind === 'PNG' ? 'png' : null, kind);
  }
});

test('a stored picture says its size', async () => {
  const size = { widthPx: 40, heightPx: 24 };
  assert.deepEqual(storedSize(await picture().jpeg().toBuffer()), { format: 'jpeg', ...size });
  assert.deepEqual(storedSize(await picture().png({ palette: true }).toBuffer()), { format: 'png', ...size });
  assert.equal(
    storedSize(await picture().jpeg({ progressive: true }).toBuffer()),
    null,
    'no gallery stores it',
  );
  assert.equal(storedSize(await picture().webp().toBuffer()), null);
});
