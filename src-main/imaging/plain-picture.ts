// Small JPEG and PNG files that leave a decoder no choice: no orientation, no colour profile, no transparency, no palette.
// Whoever decodes them gets the same pixels, so that a faster decoder may be used for them.

import { type ImageFormat, sniffFormat } from './image-format.ts';

export interface PlainPicture {
  readonly format: Extract<ImageFormat, 'jpeg' | 'png'>;
  readonly width: number;
  readonly height: number;
}

/** Larger ones take so long to decode that it must not be done on a thread that others wait for. */
const LONGEST_SIDE_PX = 512;
const MOST_BYTES = 2 ** 21;

/** JFIF, Huffman and quantisation tables, restarts, comments: segments that change nothing about what is shown. */
const PLAIN_SEGMENTS = new Set([0xe0, 0xc4, 0xdb, 0xdd, 0xfe]);
const BASELINE = 0xc0;
const SCAN = 0xda;
/** Chunks that say nothing about colours. */
const PLAIN_CHUNKS = new Set(['pHYs', 'tEXt', 'tIME']);
const PNG_END = Buffer.from('\0\0\0\0IEND\xaeB`\x82', 'latin1');

/** What the header says of a plain picture; null for any other file, damaged ones among them. */
export function plainPicture(bytes: Uint8Array): PlainPicture | null {
  if (bytes.length > MOST_BYTES) return null;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const format = sniffFormat(file);
  const picture = format === 'jpeg' ? plainJpeg(file) : format === 'png' ? plainPng(file) : null;
  if (picture === null) return null;
  const isSmall = Math.max(picture.width, picture.height) <= LONGEST_SIDE_PX;
  return isSmall && Math.min(picture.width, picture.height) >= 1 ? picture : null;
}

/** With all components in its first scan, which then is the only one: of many scans each could cost a whole picture's time. */
function plainJpeg(file: Buffer): PlainPicture | null {
  if (file.length < 4 || file.readUInt16BE(file.length - 2) !== 0xffd9) return null;
  let picture: PlainPicture | null = null;
  let components = 0;
  for (let at = 2; at + 4 <= file.length; ) {
    if (file[at] !== 0xff) return null;
    const marker = file[at + 1];
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (end > file.length) return null;
    if (marker === SCAN) return file[at + 4] === components ? picture : null;
    if (marker === BASELINE) {
      if (picture !== null || end < at + 10) return null;
      components = file[at + 9];
      if (file[at + 4] !== 8 || (components !== 1 && components !== 3)) return null;
      picture = { format: 'jpeg', width: file.readUInt16BE(at + 7), height: file.readUInt16BE(at + 5) };
    } else if (!PLAIN_SEGMENTS.has(marker)) return null;
    at = end;
  }
  return null;
}

function plainPng(file: Buffer): PlainPicture | null {
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
