// A list of pictures: a text file with one path a line.

import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { ensure, GlimpseError, systemCode } from '../../common/errors.ts';
import { isImageName, type LeftOut, printable } from '../entries.ts';
import { mapInFlight } from '../in-flight.ts';
import { type SourceItem, type SourceList, UNKNOWN_ORIGIN } from './source-item.ts';
import { type ResolvedPath, resolveInside } from './source-paths.ts';

const PATHS_IN_FLIGHT = 32;
const MOST_BYTES = 2 ** 30;

/** Why a line is left out that would be followed with `anywhere`. */
export const OUTSIDE_LIST = "lies outside the list's folder";

/**
 * Paths are relative to the list. They may leave its folder only with `anywhere`: a list that came with pictures from elsewhere must
 * not reach for others. Lines that cannot be used are left out with their number and reason. Throws `not-found`, and `bad-dataset`
 * for a list without a line.
 */
export async function readImageList(path: string, { anywhere }: { anywhere: boolean }): Promise<SourceList> {
  const folder = dirname(await realpath(path).catch((error: unknown) => cannotRead(path, error)));
  const { size } = await stat(path);
  ensure(
    size <= MOST_BYTES,
    'bad-dataset',
    `${path} has ${size} bytes, a list of pictures at most ${MOST_BYTES}`,
  );
  const bytes = await readFile(path).catch((error: unknown) => cannotRead(path, error));
  const lines = linesOf(bytes);
  ensure(lines.length > 0, 'bad-dataset', `${path} is empty: expected one path a line`);
  const outcomes = await mapInFlight(lines, PATHS_IN_FLIGHT, ({ number, text }) =>
    itemOf(number, text, folder, anywhere),
  );
  const items: SourceItem[] = [];
  const leftOut: LeftOut[] = [];
  for (const outcome of outcomes) {
    if ('reason' in outcome) leftOut.push(outcome);
    else items.push(outcome);
  }
  return { items, leftOut };
}

interface Line {
  /** From 1. */
  readonly number: number;
  /** Null where it is no UTF-8. */
  readonly text: string | null;
}

/** Split as bytes, so that one line in another encoding costs itself alone. */
function linesOf(bytes: Buffer): Line[] {
  const lines: Line[] = [];
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let first = 0, number = 1; first < bytes.length; number++) {
    const found = bytes.indexOf(0x0a, first);
    const end = found === -1 ? bytes.length : found;
    let text: string | null = null;
    try {
      text = decoder.decode(bytes.subarray(first, end)).replace(/\r$/, '');
    } catch {
      // Told by the caller, with the line's number.
    }
    if (text !== '') lines.push({ number, text });
    first = end + 1;
  }
  return lines;
}

async function itemOf(
  number: number,
  text: string | null,
  folder: string,
  anywhere: boolean,
): Promise<SourceItem | LeftOut> {
  const refused = (reason: string): LeftOut => ({ path: `line ${number}: ${printable(text ?? '')}`, reason });
  if (text === null) return refused('is not UTF-8');
  const resolved = anywhere ? await resolveAnywhere(text, folder) : await resolveInside(text, folder);
  if (resolved.kind === 'image') return { ...UNKNOWN_ORIGIN, path: resolved.path, name: text };
  const isOutside = resolved.reason.startsWith('lies outside');
  return refused(isOutside ? OUTSIDE_LIST : resolved.reason);
}

async function resolveAnywhere(written: string, folder: string): Promise<ResolvedPath> {
  const refused = (reason: string): ResolvedPath => ({ kind: 'refused', reason });
  if (written.includes('\0')) return refused('has a NUL byte in its path');
  const path = isAbsolute(written) ? written : resolve(folder, written);
  try {
    if (!(await stat(path)).isFile()) return refused('is not a file');
  } catch (error) {
    return refused(
      systemCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${systemCode(error)})`,
    );
  }
  return isImageName(path) ? { kind: 'image', path } : refused('has no image ending');
}

function cannotRead(path: string, error: unknown): never {
  throw new GlimpseError('not-found', `${path} cannot be read (${systemCode(error)})`, { cause: error });
}
