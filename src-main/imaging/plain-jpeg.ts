// JPEG files that leave a decoder no choice, and what of such a file its picture is made of: nothing else need be kept.

/** JFIF, Huffman and quantisation tables, restarts, comments: segments that change nothing about what is shown. */
const PLAIN_SEGMENTS = new Set([0xe0, 0xc4, 0xdb, 0xdd, 0xfe]);
const JFIF = 0xe0;
const COMMENT = 0xfe;
const BASELINE = 0xc0;
const SCAN = 0xda;
/** How one without a thumbnail begins: its length and its name. */
const JFIF_START = Buffer.from('\0\x10JFIF\0', 'latin1');
const START_BYTES = 2;

export interface PlainJpeg {
  readonly width: number;
  readonly height: number;
  /** The parts of the file, in order, that its picture is made of: all but comments. */
  readonly shown: readonly Uint8Array[];
}

/**
 * Eight bits, grey or colour, one baseline scan to the file's end, no EXIF data, profile or thumbnail; null for any other JPEG,
 * damaged ones among them. Of many scans each could cost a whole picture's time.
 */
export function plainJpeg(file: Buffer): PlainJpeg | null {
  let size: { readonly width: number; readonly height: number } | null = null;
  let components = 0;
  const shown: Uint8Array[] = [file.subarray(0, START_BYTES)];
  for (let at = START_BYTES; at + 4 <= file.length; ) {
    if (file[at] !== 0xff) return null;
    const marker = file[at + 1];
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (end > file.length) return null;
    if (marker === SCAN) {
      if (size === null || file[at + 4] !== components || !isLastScan(file, end)) return null;
      return { ...size, shown: [...shown, file.subarray(at)] };
    }
    if (marker === BASELINE) {
      if (size !== null || end < at + 10) return null;
      components = file[at + 9];
      if (file[at + 4] !== 8 || (components !== 1 && components !== 3)) return null;
      size = { width: file.readUInt16BE(at + 7), height: file.readUInt16BE(at + 5) };
    } else if (!PLAIN_SEGMENTS.has(marker)) return null;
    if (marker === JFIF && !file.subarray(at + 2, at + 2 + JFIF_START.length).equals(JFIF_START)) return null;
    if (marker !== COMMENT) shown.push(file.subarray(at, end));
    at = end;
  }
  return null;
}

/** Whether nothing but its own data, restarts in it, comes before the end of the picture, which is the file's. */
function isLastScan(file: Buffer, start: number): boolean {
  for (let at = file.indexOf(0xff, start); at !== -1; at = file.indexOf(0xff, at + 2)) {
    const marker = file[at + 1];
    if (marker === 0xd9) return at + 2 === file.length;
    const isData = marker === 0 || (marker >= 0xd0 && marker <= 0xd7);
    if (!isData) return false;
  }
  return false;
}
