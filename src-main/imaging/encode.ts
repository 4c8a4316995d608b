// Pictures to files: PNG, so that nothing of a face is lost. Not by sharp, which takes three times the processor
// time for half as many bytes again on faces of 112×112 (EXPERIMENTS.md): it hands so small a picture from thread to thread.

import { promisify } from 'node:util';
import { constants, crc32, deflate } from 'node:zlib';
import sharp from 'sharp';
import type { RgbImage } from './image.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const CHANNELS = 3;
/** Each row as its difference from the one above (PNG's filter 2), which is what Huffman codes alone compress well. */
const UP = 2;
/** One piece for what a face of 112×112 becomes. */
const PIECE_BYTES = 2 ** 15;
const HUFFMAN_ONLY = { level: 1, strategy: constants.Z_HUFFMAN_ONLY, chunkSize: PIECE_BYTES };
const deflateOnPool = promisify<Buffer, typeof HUFFMAN_ONLY, Buffer>(deflate);

/** 8-bit RGB, lossless; the same picture gives the same bytes. */
export async function encodePng(image: RgbImage): Promise<Uint8Array> {
  const pixels = await deflateOnPool(filteredRows(image), HUFFMAN_ONLY);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', headerOf(image)),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** As cameras and archives have it; for measuring alone, as it loses some of the picture. */
export async function encodeJpeg({ width, height, data }: RgbImage, quality: number): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: CHANNELS } })
    .jpeg({ quality })
    .toBuffer();
}

/** Width, height, 8 bits, RGB (2); the zeros after them are the only compression and filters there are, and no interlace. */
function headerOf({ width, height }: RgbImage): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return header;
}

function filteredRows({ width, height, data }: RgbImage): Buffer {
  const line = width * CHANNELS;
  const rows = Buffer.allocUnsafe((line + 1) * height);
  for (let y = 0; y < height; y++) {
    const from = y * line;
    const to = from + y;
    rows[to] = UP;
    // Above the first row there are zeros.
    if (y === 0) rows.set(data.subarray(0, line), 1);
    else for (let x = 0; x < line; x++) rows[to + 1 + x] = data[from + x] - data[from - line + x];
  }
  return rows;
}

function chunk(name: string, content: Buffer): Buffer {
  const bytes = Buffer.alloc(content.length + 12);
  bytes.writeUInt32BE(content.length, 0);
  bytes.write(name, 4, 'latin1');
  bytes.set(content, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}
