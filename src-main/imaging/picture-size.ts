// How large a stored picture is, from its header alone.

import { sniffFormat } from './image-format.ts';
import { plainPicture } from './plain-picture.ts';

/** Where IHDR has width and height, big-endian. */
const WIDTH_AT = 16;
const HEIGHT_AT = 20;

export interface StoredSize {
  readonly format: 'png' | 'jpeg';
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Null for bytes that are neither a PNG nor a plain JPEG, or have no pixels: a gallery stores no others. */
export function storedSize(bytes: Uint8Array): StoredSize | null {
  const format = sniffFormat(bytes);
  if (format === 'png') return pngSize(bytes);
  const plain = format === 'jpeg' ? plainPicture(bytes) : null;
  return plain && { format: 'jpeg', widthPx: plain.width, heightPx: plain.height };
}

function pngSize(bytes: Uint8Array): StoredSize | null {
  if (bytes.length < HEIGHT_AT + 4) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [widthPx, heightPx] = [view.getUint32(WIDTH_AT), view.getUint32(HEIGHT_AT)];
  return widthPx > 0 && heightPx > 0 ? { format: 'png', widthPx, heightPx } : null;
}
