// Image files to RGB pixels, through sharp; the only door for pictures from outside.

import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { GlimpseError, messageOf } from '../common/errors.ts';
import type { RgbImage } from './image.ts';

/** Decodes a file, EXIF orientation applied. Throws `bad-image` with the file's name. */
export async function decodeImageFile(path: string): Promise<RgbImage> {
  return decodeImage(await readFile(path), path);
}

/** Decodes bytes; `name` is what errors call them. */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<RgbImage> {
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error' })
      .rotate()
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    throw new GlimpseError('bad-image', `${name} cannot be decoded: ${messageOf(error)}`, { cause: error });
  }
}
