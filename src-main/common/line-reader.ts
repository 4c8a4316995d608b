// Files read a piece at a time without waiting on promises: for work that must not be interrupted, such as a transaction.

import { closeSync, openSync, readSync } from 'node:fs';
import { ensure } from './errors.ts';

const PIECE_BYTES = 2 ** 18;
const LONGEST_LINE_BYTES = 2 ** 24;

/** Pieces of at most 256 KiB; from `start` on. */
export function* readPieces(path: string, start = 0): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    let position = start;
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const bytes = readSync(file, piece, 0, PIECE_BYTES, position);
      if (bytes === 0) return;
      position += bytes;
      yield piece.subarray(0, bytes);
    }
  } finally {
    closeSync(file);
  }
}

/** Lines without their break; throws `bad-data` for one over 16 MiB. */
export function* readLines(path: string): Generator<string> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for (const piece of readPieces(path)) {
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      yield Buffer.concat([...rest, piece.subarray(from, end)]).toString('utf8');
      [rest, restBytes] = [[], 0];
      from = end + 1;
    }
    rest.push(piece.subarray(from));
    restBytes += piece.length - from;
    ensure(
      restBytes <= LONGEST_LINE_BYTES,
      'bad-data',
      `${path} has a line of over ${LONGEST_LINE_BYTES} bytes`,
    );
  }
  if (restBytes > 0) yield Buffer.concat(rest).toString('utf8');
}

/** Rows of a fixed number of bytes. Throws `bad-data` where the file ends within one. */
export function* readRecords(path: string, start: number, recordBytes: number): Generator<Buffer> {
  let rest = Buffer.alloc(0) as Buffer;
  for (const piece of readPieces(path, start)) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let from = 0;
    for (; from + recordBytes <= bytes.length; from += recordBytes)
      yield bytes.subarray(from, from + recordBytes);
    rest = bytes.subarray(from);
  }
  ensure(rest.length === 0, 'bad-data', `${path} ends within a row of ${recordBytes} bytes`);
}
