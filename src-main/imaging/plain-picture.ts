// Small JPEG and PNG files that leave a decoder no choice: no orientation, no colour profile, no transparency, no palette.
// Whoever decodes them gets the same pixels, so that a faster decoder may be used for them.

import { type ImageFormat, sniffFormat } from './image-format.ts';
import { plainJpeg } from './plain-jpeg.ts';

export interface PlainPicture {
  readonly format: Extract<ImageFormat, 'jpeg' | 'png'>;
  readonly width: number;
  readonly height: number;
}

/** Larger ones take so long to decode that it must not be done on a thread that others wait for. */
const LONGEST_SIDE_PX = 512;
const MOST_BYTES = 2 ** 21;

/** Chunks that say nothing about colours. */
const PLAIN_CHUNKS = new Set(['pHYs', 'tEXt', 'tIME']);
const PNG_END = Buffer.from('\0\0\0\0IEND\xaeB`\x82', 'latin1');

/** What the header says of a plain picture; null for any other file, damaged ones among them. */
export function plainPicture(bytes: Uint8Array): PlainPicture | null {
  const picture = readPlain(bytes);
  return picture && { format: picture.format, width: picture.width, height: picture.height };
}

/**
 * A plain JPEG without what is not shown, which is how a gallery keeps a crop that came as one: to decode it and keep the pixels
 * as PNG would take three times the disk. Null for any other file.
 */
export function bareJpeg(bytes: Uint8Array): Uint8Array | null {
  const picture = readPlain(bytes);
  return picture?.format === 'jpeg' ? Buffer.concat(picture.shown) : null;
}

type Read = PlainPicture &
  ({ readonly format: 'jpeg'; readonly shown: readonly Uint8Array[] } | { readonly format: 'png' });

function readPlain(bytes: Uint8Array): Read | null {
  if (bytes.length > MOST_BYTES) return null;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const picture = readFormat(file, sniffFormat(file));
  if (picture === null) return null;
  const isSmall = Math.max(picture.width, picture.height) <= LONGEST_SIDE_PX;
  return isSmall && Math.min(picture.width, picture.height) >= 1 ? picture : null;
}

function readFormat(file: Buffer, format: ImageFormat | null): Read | null {
  if (format === 'png') return plainPng(file);
  const picture = format === 'jpeg' ? plainJpeg(file) : null;
  return picture && { format: 'jpeg', ...picture };
}

function plainPng(file: Buffer): (PlainPicture & { format: 'png' }) | null {
  if (file.length < 45 || file.toString('latin1', 12, 16) !== 'IHDR' || !file.subarray(-12).equals(PNG_END))
    return null;
  const [bits, colours, ...methods] = file.subarray(24, 29);
  if (bits !== 8 || colours !== 2 || methods.some((method) => method !== 0)) return null;
  for (let at = 33; at + 8 <= file.length; at += 12 + file.readUInt32BE(at)) {
    const name = file.toString('latin1', at + 4, at + 8);
    if (name === 'IDAT')
      return { format: 'png', width: file.readUInt32BE(16), height: file.readUInt32BE(20) };
    if (!PLAIN_CHUNKS.has(name)) return null;
  }
  return null;
}
