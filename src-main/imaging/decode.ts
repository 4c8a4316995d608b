// Image files to RGB pixels; the only door for pictures from outside. sharp decodes all but BMP, PGM and PPM.

import { readFile, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { ensure, GlimpseError, messageOf, systemCode } from '../common/errors.ts';
import { decodeBmp } from './bmp.ts';
import type { RgbImage } from './image.ts';
import { sniffFormat } from './image-format.ts';
import { DEFAULT_LIMITS, ensureBytesAllowed, ensurePixelsAllowed, type ImageLimits } from './image-limits.ts';
import { decodePnm } from './pnm.ts';

/** What shows through transparent pixels. */
const BACKGROUND = '#ffffff';
/** A file that keeps the decoder busy for longer is refused. */
const MOST_SECONDS = 60;

/**
 * Decodes a file: EXIF orientation applied, first frame of animations, 8-bit sRGB, transparency on white.
 * Throws `not-found` for an absent file and `bad-image` (file and rule named) for any that cannot be decoded.
 */
export async function decodeImageFile(path: string, limits: ImageLimits = DEFAULT_LIMITS): Promise<RgbImage> {
  return decodeImage(await readImageFile(path, limits), path, limits);
}

/** A picture's file, still to be decoded. Throws as `decodeImageFile` does. */
export async function readImageFile(path: string, limits: ImageLimits = DEFAULT_LIMITS): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    ensureBytesAllowed(size, path, limits);
    return await readFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof GlimpseError || code === null) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new GlimpseError('not-found', `${path} does not exist`, { cause: error });
    throw new GlimpseError('bad-image', `${path} cannot be read (${code})`, { cause: error });
  }
}

/** Decodes bytes as `decodeImageFile` does; `name` is what errors call them. */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  limits: ImageLimits = DEFAULT_LIMITS,
): Promise<RgbImage> {
  ensureBytesAllowed(bytes.length, name, limits);
  const format = sniffFormat(bytes);
  ensure(
    format !== null,
    'bad-image',
    `${name} is not a JPEG, PNG, WebP, TIFF, GIF, BMP, PGM or PPM file (its first bytes are of none of them)`,
  );
  if (format === 'bmp') return decodeBmp(bytes, name, limits);
  if (format === 'pnm') return decodePnm(bytes, name, limits);
  return decodeWithSharp(bytes, name, limits);
}

/** sharp itself holds the header against the limit before it decodes; a second look at it, only after a failure, has the words. */
async function decodeWithSharp(bytes: Uint8Array, name: string, limits: ImageLimits): Promise<RgbImage> {
  const decoded = sharp(bytes, { failOn: 'error', limitInputPixels: limits.maxPixels, pages: 1 })
    .timeout({ seconds: MOST_SECONDS })
    .autoOrient()
    .flatten({ background: BACKGROUND })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { data, info } = await sharpCall(name, () => decoded).catch(async (error) => {
    const header = await sharpCall(name, () => sharp(bytes, { limitInputPixels: false }).metadata());
    ensurePixelsAllowed(header.width, header.pageHeight ?? header.height, name, limits);
    throw error;
  });
  if (info.channels === 3) return { width: info.width, height: info.height, data };
  ensure(info.channels === 1, 'bad-image', `${name} decodes to ${info.channels} channels, expected 1 or 3`);
  return { width: info.width, height: info.height, data: greyToRgb(data) };
}

async function sharpCall<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const reason = reasonOf(error);
    throw new GlimpseError('bad-image', `${name} cannot be decoded: ${reason}`, { cause: error });
  }
}

/** libvips keeps its messages in one buffer for all threads: another decode may have emptied it before it is read. */
function reasonOf(error: unknown): string {
  const [reason] = messageOf(error).split('\n');
  return reason === 'Unknown error' ? 'it is damaged or cut short' : reason;
}

function greyToRgb(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  for (const [pixel, value] of grey.entries()) data.fill(value, pixel * 3, pixel * 3 + 3);
  return data;
}
