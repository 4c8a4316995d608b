// How large a picture from outside may be; checked against headers, before any pixel is decoded.

import { ensure } from '../common/errors.ts';

export interface ImageLimits {
  /** Of the file. */
  readonly maxBytes: number;
  /** Width × height of the decoded picture. */
  readonly maxPixels: number;
}

/** 100 megapixels are 300 MB of RGB: more than any camera on a pole, less than a machine's memory. */
export const DEFAULT_LIMITS: ImageLimits = { maxBytes: 256 * 2 ** 20, maxPixels: 100_000_000 };

/** Throws `bad-image` for a file over the byte limit. */
export function ensureBytesAllowed(bytes: number, name: string, limits: ImageLimits): void {
  ensure(bytes > 0, 'bad-image', `${name} is empty (0 bytes)`);
  ensure(
    bytes <= limits.maxBytes,
    'bad-image',
    `${name} has ${bytes} bytes, over the limit of ${limits.maxBytes}`,
  );
}

/** Throws `bad-image` for a header that announces no pixels or more than the limit. */
export function ensurePixelsAllowed(width: number, height: number, name: string, limits: ImageLimits): void {
  ensure(
    width > 0 && height > 0,
    'bad-image',
    `${name} is ${width}×${height} pixels: both sides must be at least 1`,
  );
  ensure(
    width * height <= limits.maxPixels,
    'bad-image',
    `${name} is ${width}×${height} = ${width * height} pixels, over the limit of ${limits.maxPixels}`,
  );
}
