// Pictures to files: PNG, so that nothing of a face is lost.

import sharp from 'sharp';
import type { RgbImage } from './image.ts';

/** Lossless; the same picture gives the same bytes. */
export async function encodePng({ width, height, data }: RgbImage): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 2 })
    .toBuffer();
}
