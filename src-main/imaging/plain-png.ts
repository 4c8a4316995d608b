// PNG files that leave a decoder no choice, and what of such a file its picture is made of: nothing else need be kept.

/** All that there may be, in this order; what stands between header, pixels and end says nothing about colours. */
const CHUNKS = /^IHDR(?:pHYs|tEXt|tIME)*(?:IDAT)+(?:pHYs|tEXt|tIME)*IEND$/;
const SHOWN = new Set(['IHDR', 'IDAT', 'IEND']);
/** After width and height: 8 bits a channel, RGB, and the only compression and filters there are, no interlace. */
const PLAIN_HEADER = Buffer.of(8, 2, 0, 0, 0);
const END = Buffer.from('\0\0\0\0IEND\xaeB`\x82', 'latin1');
const SIGNATURE_BYTES = 8;
const WIDTH_AT = 16;
const HEIGHT_AT = 20;
/** Where the header ends without its checksum. */
const HEADER_END = 29;
/** A chunk's length, name and checksum. */
const AROUND_BYTES = 12;

export interface PlainPng {
  readonly width: number;
  readonly height: number;
  /** The parts of the file, in order, that its picture is made of: all but what it says beside it. */
  readonly shown: readonly Uint8Array[];
}

/** Eight bits a channel, RGB, not interlaced, without a profile or a gamma; null for any other PNG, damaged ones among them. */
export function plainPng(file: Buffer): PlainPng | null {
  const isPlain = file.subarray(WIDTH_AT + 8, HEADER_END).equals(PLAIN_HEADER);
  if (!isPlain || !file.subarray(-END.length).equals(END)) return null;
  const shown: Uint8Array[] = [file.subarray(0, SIGNATURE_BYTES)];
  let names = '';
  let at = SIGNATURE_BYTES;
  while (at + AROUND_BYTES <= file.length) {
    const end = at + AROUND_BYTES + file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    if (SHOWN.has(name)) shown.push(file.subarray(at, end));
    names += name;
    at = end;
  }
  if (at !== file.length || !CHUNKS.test(names)) return null;
  return { width: file.readUInt32BE(WIDTH_AT), height: file.readUInt32BE(HEIGHT_AT), shown };
}
