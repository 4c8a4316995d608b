// When a photograph was taken, as its EXIF data say: DateTimeOriginal with its fraction of a second and its zone.

import sharp from 'sharp';

const EXIF_POINTER = 0x8769;
const DATE_TIME_ORIGINAL = 0x9003;
const OFFSET_TIME_ORIGINAL = 0x9011;
const SUB_SECOND_ORIGINAL = 0x9291;
const ASCII = 2;
const ENTRY_BYTES = 12;
/** More entries than any camera writes: a count beyond it is damage. */
const MOST_ENTRIES = 1000;

/**
 * Milliseconds since 1970; without a zone in the file, as if its clock showed UTC. Null for a picture without such data, or with
 * data that are damaged. Reads the header only.
 */
export async function readExifTime(bytes: Uint8Array): Promise<number | null> {
  try {
    const { exif } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return exif === undefined ? null : parseExifTime(exif);
  } catch {
    // No picture that sharp knows: BMP, PGM and PPM have no EXIF data, and damage shows when it is decoded.
    return null;
  }
}

/** From an EXIF block: `Exif\0\0`, then a TIFF header and its directories. */
export function parseExifTime(block: Uint8Array): number | null {
  const hasPrefix = Buffer.from(block.subarray(0, 6)).toString('latin1') === 'Exif\0\0';
  const tiff = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const start = hasPrefix ? 6 : 0;
  if (block.length < start + 8) return null;
  const order = tiff.getUint16(start);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const reader: Tiff = { view: tiff, start, isLittle: order === 0x4949 };
  const pointer = findEntry(reader, tiff.getUint32(start + 4, reader.isLittle), EXIF_POINTER);
  if (pointer === null) return null;
  const directory = tiff.getUint32(pointer + 8, reader.isLittle);
  const text = (tag: number): string | null => textOf(reader, findEntry(reader, directory, tag));
  return toTime(text(DATE_TIME_ORIGINAL), text(SUB_SECOND_ORIGINAL), text(OFFSET_TIME_ORIGINAL));
}

interface Tiff {
  readonly view: DataView;
  /** Where offsets count from. */
  readonly start: number;
  readonly isLittle: boolean;
}

/** Where a tag's entry stands in the directory at an offset; null where it does not, or lies outside the block. */
function findEntry({ view, start, isLittle }: Tiff, directory: number, tag: number): number | null {
  const first = start + directory + 2;
  if (first > view.byteLength) return null;
  const entries = Math.min(view.getUint16(first - 2, isLittle), MOST_ENTRIES);
  for (let index = 0; index < entries; index++) {
    const at = first + index * ENTRY_BYTES;
    if (at + ENTRY_BYTES > view.byteLength) return null;
    if (view.getUint16(at, isLittle) === tag) return at;
  }
  return null;
}

function textOf({ view, start, isLittle }: Tiff, entry: number | null): string | null {
  if (entry === null || view.getUint16(entry + 2, isLittle) !== ASCII) return null;
  const length = view.getUint32(entry + 4, isLittle);
  const at = length <= 4 ? entry + 8 : start + view.getUint32(entry + 8, isLittle);
  if (length > 64 || at + length > view.byteLength) return null;
  return Buffer.from(view.buffer, view.byteOffset + at, length)
    .toString('latin1')
    .replace(/\0.*$/s, '')
    .trim();
}

/** `2026:01:31 18:00:00`, `25`, `+01:00`. */
function toTime(moment: string | null, fraction: string | null, zone: string | null): number | null {
  const match = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(moment ?? '');
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  const milliseconds = /^\d+$/.test(fraction ?? '') ? Math.floor(Number(`0.${fraction}`) * 1000) : 0;
  const local = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  const isReal = new Date(local).getUTCMonth() === month - 1 && year > 1900;
  const offset = /^([+-])(\d\d):(\d\d)$/.exec(zone ?? '');
  const offsetMinutes =
    offset === null ? 0 : Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3]));
  return isReal ? local - offsetMinutes * 60_000 : null;
}
