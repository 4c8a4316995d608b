// Bitmaps of every depth against bytes laid out by hand, and the headers that must be refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GlimpseError } from '../../../src-main/common/errors.ts';
import { decodeBmp } from '../../../src-main/imaging/bmp.ts';
import { DEFAULT_LIMITS } from '../../../src-main/imaging/image-limits.ts';

interface BmpParts {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  readonly extra?: readonly number[];
  readonly pixels: readonly number[];
}

/** A bitmap with a 40-byte header; `extra` is its palette or its bit masks. */
function bmp({ width, height, bits, compression = 0, extra = [], pixels }: BmpParts): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(54 + extra.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(bits <= 8 ? extra.length / 4 : 0, 46);
  return Buffer.concat([header, Buffer.from(extra), Buffer.from(pixels)]);
}

function decode(parts: BmpParts): number[] {
  return [...decodeBmp(bmp(parts), 'test.bmp', DEFAULT_LIMITS).data];
}

function assertRefused(bytes: Uint8Array, pattern: RegExp): void {
  assert.throws(
    () => decodeBmp(bytes, 'test.bmp', DEFAULT_LIMITS),
    (error) => {
      assert.ok(error instanceof GlimpseError, String(error));
      assert.equal(error.code, 'bad-image');
      assert.match(error.message, pattern);
      return true;
    },
  );
}

const RED_BLACK_PALETTE = [0, 0, 0, 0, 0, 0, 255, 0];

test('24 bits: rows run bottom up and are padded to four bytes', () => {
  // One pixel wide: three bytes and one of padding a row; the first row stored is the lowest.
  const pixels = [1, 2, 3, 0, 4, 5, 6, 0];
  assert.deepEqual(decode({ width: 1, height: 2, bits: 24, pixels }), [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(decode({ width: 1, height: -2, bits: 24, pixels }), [3, 2, 1, 6, 5, 4]);
});

test('32 bits: the fourth byte is ignored, other masks are obeyed', () => {
  const pixels = [1, 2, 3, 77];
  assert.deepEqual(decode({ width: 1, height: 1, bits: 32, pixels }), [3, 2, 1]);
  const reversed = [0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0xff, 0];
  assert.deepEqual(
    decode({ width: 1, height: 1, bits: 32, compression: 3, extra: reversed, pixels }),
    [1, 2, 3],
  );
  const top = [0, 0, 0, 0xff, 0, 0, 0xff, 0, 0, 0xff, 0, 0];
  assert.deepEqual(decode({ width: 1, height: 1, bits: 32, compression: 3, extra: top, pixels }), [77, 3, 2]);
});

test('16 bits: five bits a channel, or 5-6-5 by mask', () => {
  // 0x7c1f: red 31, green 0, blue 31. 0x07e0 in 5-6-5: green 63.
  assert.deepEqual(decode({ width: 1, height: 1, bits: 16, pixels: [0x1f, 0x7c, 0, 0] }), [255, 0, 255]);
  const masks = [0, 0xf8, 0, 0, 0xe0, 0x07, 0, 0, 0x1f, 0, 0, 0];
  assert.deepEqual(
    decode({ width: 1, height: 1, bits: 16, compression: 3, extra: masks, pixels: [0xe0, 0x07, 0, 0] }),
    [0, 255, 0],
  );
});

test('1, 4 and 8 bits go through the palette; an index beyond it is black', () => {
  const extra = RED_BLACK_PALETTE;
  const [red, black] = [
    [255, 0, 0],
    [0, 0, 0],
  ];
  const oneBit = decode({ width: 9, height: 1, bits: 1, extra, pixels: [0b10100000, 0b10000000, 0, 0] });
  assert.deepEqual(oneBit, [red, black, red, black, black, black, black, black, red].flat());
  const fourBits = decode({ width: 3, height: 1, bits: 4, extra, pixels: [0x10, 0x10, 0, 0] });
  assert.deepEqual(fourBits, [red, black, red].flat());
  const eightBits = decode({ width: 2, height: 1, bits: 8, extra, pixels: [1, 200, 0, 0] });
  assert.deepEqual(eightBits, [red, black].flat());
});

test('the old 12-byte header is read', () => {
  const bytes = Buffer.alloc(14 + 12 + 4);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(26, 10);
  bytes.writeUInt32LE(12, 14);
  bytes.writeUInt16LE(1, 18);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt16LE(24, 24);
  bytes.set([9, 8, 7], 26);
  assert.deepEqual([...decodeBmp(bytes, 'old.bmp', DEFAULT_LIMITS).data], [7, 8, 9]);
});

test('hostile headers are refused', () => {
  const small = { width: 1, height: 1, bits: 24, pixels: [1, 2, 3, 0] };
  assertRefused(
    bmp({ ...small, width: 60_000, height: 60_000 }),
    /60000×60000 = 3600000000 pixels, over the limit/,
  );
  assertRefused(bmp({ ...small, width: -1 }), /-1×1 pixels: both sides must be at least 1/);
  assertRefused(bmp({ ...small, height: -(2 ** 31) }), /over the limit/);
  assertRefused(bmp({ ...small, height: 0 }), /1×0 pixels/);
  assertRefused(
    bmp({ ...small, height: 2 }),
    /is cut off: 1×2 pixels of 24 bits need 8 bytes after byte 54, it has 4/,
  );
  assertRefused(bmp({ ...small, bits: 7 }), /has 7 bits per pixel/);
  assertRefused(bmp({ ...small, bits: 8, compression: 1 }), /compressed bitmap \(method 1\)/);
  assertRefused(bmp(small).subarray(0, 20), /cut off in its bitmap header/);
  assertRefused(bmp(small).subarray(0, 40), /cut off in its bitmap header/);
  const far = bmp(small);
  far.writeUInt32LE(0xffffffff, 10);
  assertRefused(far, /need 4 bytes after byte 4294967295, it has 0/);
});
