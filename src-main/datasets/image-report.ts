// One image file of a dataset: does it decode, and if not, why.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { messageOf, systemCode } from '../common/errors.ts';
import { sha256 } from '../common/files.ts';
import { decodeImage } from '../imaging/decode.ts';
import { digestOfUnreadable } from './identity-folders.ts';

const MOST_DECODES_IN_FLIGHT = 8;

export interface ImageSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** One file: its digest and bytes, and the size of its picture or why there is none. */
export interface ImageReport {
  readonly digest: string;
  readonly bytes: number;
  readonly size: ImageSize | null;
  readonly reason: string;
}

/** Images worth decoding at the same time: the number of processors, at most 8. */
export function decodesInFlight(): number {
  return Math.min(availableParallelism(), MOST_DECODES_IN_FLIGHT);
}

/** Reads and decodes a file; whatever is wrong with it becomes the report's reason. `name` is the file's as listed. */
export async function readImage(path: string, name: string): Promise<ImageReport> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const isMangled = name.includes('\uFFFD');
    const why = isMangled ? 'its name is not valid UTF-8' : (systemCode(error) ?? messageOf(error));
    return { digest: digestOfUnreadable(error), bytes: 0, size: null, reason: `cannot be read: ${why}` };
  }
  const found = { digest: sha256(bytes), bytes: bytes.length };
  if (bytes.length === 0) return { ...found, size: null, reason: 'is empty' };
  try {
    const { width, height } = await decodeImage(bytes, 'image');
    return { ...found, size: { widthPx: width, heightPx: height }, reason: '' };
  } catch (error) {
    return { ...found, size: null, reason: oneLine(messageOf(error)) };
  }
}

/** The decoder's own message spans lines; a report has one line per image. */
function oneLine(message: string): string {
  return message
    .replace(/^image /, '')
    .replace(/\s+/g, ' ')
    .trim();
}
