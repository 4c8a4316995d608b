// Windows bitmaps (1 to 32 bits, palette or bit fields, either row order) to RGB. libvips as sharp ships it lacks them;
// the npm decoders tried ignore palettes and row order (fast-bmp 4.0.1) or the pixel offset (bmp-ts 1.0.9).

import { ensure } from '../common/errors.ts';
import type { RgbImage } from './image.ts';
import { ensurePixelsAllowed, type ImageLimits } from './image-limits.ts';

const FILE_HEADER_BYTES = 14;
const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = 40;
const UNCOMPRESSED = 0;
const BIT_FIELDS = [3, 6];

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bitsPerPixel: number;
  readonly pixelOffset: number;
  /** BGR(x) entries of the palette; empty above 8 bits. */
  readonly palette: Uint8Array;
  readonly paletteEntryBytes: number;
  /** Red, green and blue bits of a 16- or 32-bit pixel. */
  readonly masks: readonly [number, number, number];
}

/** Decodes an uncompressed bitmap; alpha is ignored. Throws `bad-image`. */
export function decodeBmp(bytes: Uint8Array, name: string, limits: ImageLimits): RgbImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(view, bytes, name);
  const { width, height, bitsPerPixel } = header;
  ensurePixelsAllowed(width, height, name, limits);
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const available = bytes.length - header.pixelOffset;
  ensure(
    available >= rowBytes * height,
    'bad-image',
    `${name} is cut off: ${width}×${height} pixels of ${bitsPerPixel} bits need ${rowBytes * height} bytes after byte ${header.pixelOffset}, it has ${Math.max(available, 0)}`,
  );
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = header.pixelOffset + (header.isTopDown ? y : height - 1 - y) * rowBytes;
    const target = data.subarray(y * width * 3, (y + 1) * width * 3);
    if (bitsPerPixel <= 8) readIndexedRow(bytes, row, header, target);
    else if (bitsPerPixel === 24) readPlainRow(bytes, row, target);
    else readMaskedRow(view, row, header, target);
  }
  return { width, height, data };
}

function readHeader(view: DataView, bytes: Uint8Array, name: string): BmpHeader {
  ensure(
    bytes.length >= FILE_HEADER_BYTES + CORE_HEADER_BYTES,
    'bad-image',
    `${name} is cut off in its bitmap header`,
  );
  const pixelOffset = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  const isCore = headerBytes === CORE_HEADER_BYTES;
  ensure(
    isCore || (headerBytes >= INFO_HEADER_BYTES && headerBytes <= 256),
    'bad-image',
    `${name} has a bitmap header of ${headerBytes} bytes, expected 12 or 40 to 256`,
  );
  const headerEnd = FILE_HEADER_BYTES + headerBytes;
  ensure(bytes.length >= headerEnd, 'bad-image', `${name} is cut off in its bitmap header`);
  const signedHeight = isCore ? view.getUint16(20, true) : view.getInt32(22, true);
  const bitsPerPixel = view.getUint16(isCore ? 24 : 28, true);
  const compression = isCore ? UNCOMPRESSED : view.getUint32(30, true);
  ensure(
    [1, 4, 8, 16, 24, 32].includes(bitsPerPixel),
    'bad-image',
    `${name} has ${bitsPerPixel} bits per pixel, expected 1, 4, 8, 16, 24 or 32`,
  );
  const hasMasks = BIT_FIELDS.includes(compression);
  ensure(
    compression === UNCOMPRESSED || hasMasks,
    'bad-image',
    `${name} is a compressed bitmap (method ${compression}): only uncompressed ones are read`,
  );
  const paletteEntryBytes = isCore ? 3 : 4;
  const paletteStart = headerEnd + (hasMasks && headerBytes === INFO_HEADER_BYTES ? 12 : 0);
  return {
    width: isCore ? view.getUint16(18, true) : view.getInt32(18, true),
    height: Math.abs(signedHeight),
    isTopDown: signedHeight < 0,
    bitsPerPixel,
    pixelOffset,
    palette:
      bitsPerPixel > 8
        ? new Uint8Array()
        : bytes.subarray(
            paletteStart,
            paletteStart + paletteEntryBytes * paletteCount(view, isCore, bitsPerPixel),
          ),
    paletteEntryBytes,
    masks: masksOf(view, bitsPerPixel, hasMasks, name),
  };
}

function paletteCount(view: DataView, isCore: boolean, bitsPerPixel: number): number {
  const most = 1 << bitsPerPixel;
  const announced = isCore ? 0 : view.getUint32(46, true);
  return announced === 0 ? most : Math.min(announced, most);
}

function masksOf(
  view: DataView,
  bitsPerPixel: number,
  hasMasks: boolean,
  name: string,
): [number, number, number] {
  if (!hasMasks) return bitsPerPixel === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff];
  const maskStart = FILE_HEADER_BYTES + INFO_HEADER_BYTES;
  ensure(view.byteLength >= maskStart + 12, 'bad-image', `${name} is cut off in its bit masks`);
  return [
    view.getUint32(maskStart, true),
    view.getUint32(maskStart + 4, true),
    view.getUint32(maskStart + 8, true),
  ];
}

function readIndexedRow(bytes: Uint8Array, row: number, header: BmpHeader, target: Uint8Array): void {
  const { bitsPerPixel, palette, paletteEntryBytes } = header;
  const perByte = 8 / bitsPerPixel;
  const mask = (1 << bitsPerPixel) - 1;
  for (let x = 0; x < header.width; x++) {
    const shift = 8 - bitsPerPixel * ((x % perByte) + 1);
    const entry = ((bytes[row + Math.floor(x / perByte)] >> shift) & mask) * paletteEntryBytes;
    // An index beyond the palette reads as black.
    for (let channel = 0; channel < 3; channel++) target[x * 3 + channel] = palette[entry + 2 - channel] ?? 0;
  }
}

function readPlainRow(bytes: Uint8Array, row: number, target: Uint8Array): void {
  for (let at = 0; at < target.length; at += 3) {
    target[at] = bytes[row + at + 2];
    target[at + 1] = bytes[row + at + 1];
    target[at + 2] = bytes[row + at];
  }
}

function readMaskedRow(view: DataView, row: number, header: BmpHeader, target: Uint8Array): void {
  const fields = header.masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, scale: mask === 0 ? 0 : 255 / (mask >>> shift) };
  });
  for (let x = 0; x < header.width; x++) {
    const pixel =
      header.bitsPerPixel === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
    for (const [channel, { mask, shift, scale }] of fields.entries())
      target[x * 3 + channel] = Math.round(((pixel & mask) >>> shift) * scale);
  }
}
