// Small JPEG and PNG files that leave a decoder no choice: no orientation, no colour profile, no transparency, no palette.
// Whoever decodes them gets the same pixels, so that a faster decoder may be used for them.

import { type ImageFormat, sniffFormat } from './image-format.ts';
import { plainJpeg } from './plain-jpeg.ts';
import { plainPng } from './plain-png.ts';

export interface PlainPicture {
  readonly format: Extract<ImageFormat, 'jpeg' | 'png'>;
  readonly width: number;
  readonly height: number;
}

/** Larger ones take so long to decode that it must not be done on a thread that others wait for. */
const LONGEST_SIDE_PX = 512;
const MOST_BYTES = 2 ** 21;

/** What the header says of a plain picture; null for any other file, damaged ones among them. */
export function plainPicture(bytes: Uint8Array): PlainPicture | null {
  const picture = readPlain(bytes);
  return picture && { format: picture.format, width: picture.width, height: picture.height };
}

/**
 * A plain picture's file without what is not shown, which is how a gallery keeps a crop that came as one: to encode it anew would
 * take longer, and for a JPEG three times the disk. Null for any other file.
 */
export function bareFile(bytes: Uint8Array): Uint8Array | null {
  const picture = readPlain(bytes);
  return picture && Buffer.concat(picture.shown);
}

type Read = PlainPicture & { readonly shown: readonly Uint8Array[] };

function readPlain(bytes: Uint8Array): Read | null {
  if (bytes.length > MOST_BYTES) return null;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const picture = readFormat(file, sniffFormat(file));
  if (picture === null) return null;
  const isSmall = Math.max(picture.width, picture.height) <= LONGEST_SIDE_PX;
  return isSmall && Math.min(picture.width, picture.height) >= 1 ? picture : null;
}

function readFormat(file: Buffer, format: ImageFormat | null): Read | null {
  if (format !== 'png' && format !== 'jpeg') return null;
  const picture = format === 'png' ? plainPng(file) : plainJpeg(file);
  return picture && { format, ...picture };
}
