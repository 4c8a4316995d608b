import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { decodeImage } from '../../../src-main/imaging/decode.ts';
import { storedSize } from '../../../src-main/imaging/picture-size.ts';
import { bareFile, plainPicture } from '../../../src-main/imaging/plain-picture.ts';
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
    assert.deepEqual(bareFile(told), plain, 'what is left is what it was before');
    assert.deepEqual((await decodeImage(plain, 'bare')).data, (await decodeImage(told, 'told')).data);
    assert.deepEqual(bareFile(plain), plain);
  }
});

/** Where a PNG's chunks begin, by their names. */
function chunkAt(png: Buffer, name: string): number {
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === name) return at;
  }
  throw new Error(`no ${name} in it`);
}

function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(content.length, 0);
  around.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
}

/** With chunks before the first one of that name. */
function withChunks(png: Buffer, before: string, ...chunks: Buffer[]): Buffer {
  const at = chunkAt(png, before);
  return Buffer.concat([png.subarray(0, at), ...chunks, png.subarray(at)]);
}

const TOLD = chunk('tEXt', Buffer.from(`Comment\0${SECRET}`));

test('a PNG is kept without what it tells, and shows the same', async () => {
  for (const made of [picture().png(), picture().png({ compressionLevel: 0 })]) {
    const plain = await made.toBuffer();
    const time = chunk('tIME', Buffer.of(7, 233, 1, 31, 18, 0, 5));
    const told = withChunks(withChunks(plain, 'IEND', TOLD), 'IDAT', TOLD, time);
    assert.equal(plainPicture(told)?.format, 'png');
    assert.deepEqual(bareFile(told), bareFile(plain));
    const bare = Buffer.from(bareFile(told) ?? assert.fail('it is plain'));
    assert.ok(!bare.includes(SECRET));
    assert.deepEqual((await decodeImage(bare, 'bare')).data, (await decodeImage(told, 'told')).data);
    assert.deepEqual(bareFile(bare), bareFile(plain));
  }
});

test('a PNG of another kind, or that could carry more than its picture, is not kept as it came', async () => {
  const png = await picture().png().toBuffer();
  const pixels = chunkAt(png, 'IDAT');
  const bent = Buffer.from(png);
  bent.writeUInt32BE(0xffff_fff0, pixels);
  const files = {
    'a profile': await picture().withIccProfile('p3').png().toBuffer(),
    'EXIF data': withChunks(png, 'IDAT', chunk('eXIf', Buffer.from(SECRET))),
    'a gamma': withChunks(png, 'IDAT', chunk('gAMA', Buffer.of(0, 0, 0xb1, 0x8f))),
    'compressed text': withChunks(png, 'IEND', chunk('zTXt', Buffer.from(SECRET))),
    'text between its pixels': Buffer.concat([
      png.subarray(0, pixels),
      chunk('IDAT', Buffer.of(0x78)),
      TOLD,
      png.subarray(pixels),
    ]),
    transparency: await picture().ensureAlpha().png().toBuffer(),
    'a palette': await picture().png({ palette: true }).toBuffer(),
    grey: await picture().greyscale().toColourspace('b-w').png().toBuffer(),
    'sixteen bits': await picture().toColourspace('rgb16').png().toBuffer(),
    interlace: await picture().png({ progressive: true }).toBuffer(),
    'words after it': Buffer.concat([png, Buffer.from(SECRET)]),
    'another picture after it': Buffer.concat([png, png]),
    'no pixels': Buffer.concat([png.subarray(0, pixels), png.subarray(chunkAt(png, 'IEND'))]),
    'no end': png.subarray(0, -12),
    'two headers': withChunks(png, 'IDAT', png.subarray(8, 33)),
    'no header': Buffer.concat([png.subarray(0, 8), png.subarray(pixels)]),
    'a length beyond the file': bent,
    'its signature alone': png.subarray(0, 8),
  };
  for (const [kind, bytes] of Object.entries(files)) {
    assert.equal(bareFile(bytes), null, kind);
    assert.equal(plainPicture(bytes), null, kind);
  }
});

test('a JPEG that could carry more than its picture is not kept as it came', async () => {
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
    text: Buffer.from(SECRET),
  };
  for (const [kind, bytes] of Object.entries(files)) {
    assert.equal(bareFile(bytes), null, kind);
    assert.equal(plainPicture(bytes), null, kind);
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
