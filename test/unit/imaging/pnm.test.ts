// Portable grey and colour maps, plain and raw, worked by hand; and the ones that must be refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GlimpseError } from '../../../src-main/common/errors.ts';
import { DEFAULT_LIMITS } from '../../../src-main/imaging/image-limits.ts';
import { decodePnm } from '../../../src-main/imaging/pnm.ts';

function decode(...parts: (string | readonly number[])[]): number[] {
  const bytes = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );
  return [...decodePnm(bytes, 'test.pgm', DEFAULT_LIMITS).data];
}

function assertRefused(text: string, pattern: RegExp): void {
  assert.throws(
    () => decode(text),
    (error) => {
      assert.ok(error instanceof GlimpseError, String(error));
      assert.equal(error.code, 'bad-image');
      assert.match(error.message, pattern);
      return true;
    },
  );
}

test('raw grey and colour', () => {
  assert.deepEqual(decode('P5\n2 1\n255\n', [7, 250]), [7, 7, 7, 250, 250, 250]);
  assert.deepEqual(decode('P6 1 2 255\n', [1, 2, 3, 4, 5, 6]), [1, 2, 3, 4, 5, 6]);
});

test('plain grey and colour, with comments and no final newline', () => {
  assert.deepEqual(decode('P2 # made by hand\n2 1 # size\n10\n0 # none\n10'), [0, 0, 0, 255, 255, 255]);
  assert.deepEqual(decode('P3\n1 1\n255\n9 8 7'), [9, 8, 7]);
});

test('other maxima are stretched to 255; 16-bit samples are big-endian', () => {
  assert.deepEqual(decode('P5 2 1 15\n', [15, 5]), [255, 255, 255, 85, 85, 85]);
  assert.deepEqual(decode('P5 2 1 65535\n', [0xff, 0xff, 0x80, 0x00]), [255, 255, 255, 128, 128, 128]);
  assert.deepEqual(decode('P5 1 1 100\n', [200]), [255, 255, 255], 'above the maximum counts as the maximum');
});

test('pixel bytes that look like blanks or comments are pixels', () => {
  assert.deepEqual(
    decode('P5 3 1 255\n', [0x20, 0x23, 0x0a]).filter((_, at) => at % 3 === 0),
    [32, 35, 10],
  );
});

test('hostile headers are refused', () => {
  assertRefused('P5 60000 60000 255\n', /60000×60000 = 3600000000 pixels, over the limit of 100000000/);
  assertRefused('P5 2 2 255\nab', /cut off: 2×2 pixels need 4 bytes after the header, it has 2/);
  assertRefused('P5 2 2', /no maximum value where one belongs/);
  assertRefused('P5 2 x 255\n', /no height where one belongs/);
  assertRefused('P5 0 2 255\n', /0×2 pixels: both sides must be at least 1/);
  assertRefused('P5 1 1 70000\n..', /maximum value 70000, expected 1 … 65535/);
  assertRefused('P2 2 1 255\n10 x', /no sample where one belongs/);
  assertRefused('P5 # never ends', /no width where one belongs/);
});
