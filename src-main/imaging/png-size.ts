// How large a PNG is, from its header alone.

import { sniffFormat } from './image-format.ts';

/** Where IHDR has width and height, big-endian. */
const WIDTH_AT = 16;
const HEIGHT_AT = 20;

/** Null for bytes that are no PNG, or one without pixels. */
export function pngSize(bytes: Uint8Array): { widthPx: number; heightPx: number } | null {
  if (bytes.length < HEIGHT_AT + 4 || sniffFormat(bytes) !== 'png') return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [widthPx, heightPx] = [view.getUint32(WIDTH_AT), view.getUint32(HEIGHT_AT)];
  return widthPx > 0 && heightPx > 0 ? { widthPx, heightPx } : null;
}
