// Portable grey and colour maps (PGM, PPM; plain and raw, up to 16 bits) to RGB. libvips as sharp ships it lacks them.
// Format: netpbm's pgm(5) and ppm(5).

import { ensure } from '../common/errors.ts';
import type { RgbImage } from './image.ts';
import { ensurePixelsAllowed, type ImageLimits } from './image-limits.ts';

const HASH = 0x23;
const NEWLINE = 0x0a;

interface Cursor {
  readonly bytes: Uint8Array;
  readonly name: string;
  at: number;
}

/** Decodes the first picture of a P2, P3, P5 or P6 file. Throws `bad-image`. */
export function decodePnm(bytes: Uint8Array, name: string, limits: ImageLimits): RgbImage {
  const cursor: Cursor = { bytes, name, at: 2 };
  const kind = bytes[1] - 0x30;
  const isPlain = kind === 2 || kind === 3;
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const width = readNumber(cursor, 'width');
  const height = readNumber(cursor, 'height');
  const maximum = readNumber(cursor, 'maximum value');
  ensurePixelsAllowed(width, height, name, limits);
  ensure(
    maximum >= 1 && maximum <= 65535,
    'bad-image',
    `${name} has maximum value ${maximum}, expected 1 … 65535`,
  );
  const bytesPerSample = isPlain ? 2 : maximum > 255 ? 2 : 1;
  const needed = width * height * channels * bytesPerSample;
  const start = cursor.at + 1;
  // A plain sample takes a digit and a separator; the last separator may be absent.
  ensure(
    bytes.length - start >= needed - (isPlain ? 1 : 0),
    'bad-image',
    `${name} is cut off: ${width}×${height} pixels need ${needed} bytes after the header, it has ${Math.max(bytes.length - start, 0)}`,
  );
  cursor.at = start;
  const data = new Uint8Array(width * height * 3);
  for (let to = 0; to < data.length; ) {
    for (let channel = 0; channel < channels; channel++) {
      const value = Math.min(readSample(cursor, isPlain, bytesPerSample), maximum);
      data[to++] = Math.round((value * 255) / maximum);
    }
    if (channels === 1) {
      data[to] = data[to - 1];
      data[to + 1] = data[to - 1];
      to += 2;
    }
  }
  return { width, height, data };
}

function readSample(cursor: Cursor, isPlain: boolean, bytesPerSample: number): number {
  if (isPlain) return readNumber(cursor, 'sample');
  const first = cursor.bytes[cursor.at++];
  return bytesPerSample === 1 ? first : first * 256 + cursor.bytes[cursor.at++];
}

/** The next decimal number, after blanks and `#` comments; stops at the byte behind its last digit. */
function readNumber(cursor: Cursor, what: string): number {
  const { bytes, name } = cursor;
  while (cursor.at < bytes.length && (isBlank(bytes[cursor.at]) || bytes[cursor.at] === HASH)) {
    if (bytes[cursor.at] === HASH)
      while (cursor.at < bytes.length && bytes[cursor.at] !== NEWLINE) cursor.at++;
    cursor.at++;
  }
  let value = 0;
  let digits = 0;
  while (cursor.at < bytes.length && isDigit(bytes[cursor.at]) && digits < 10) {
    value = value * 10 + bytes[cursor.at++] - 0x30;
    digits++;
  }
  ensure(digits > 0, 'bad-image', `${name} has no ${what} where one belongs (byte ${cursor.at})`);
  return value;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
