// A folder of pictures, however deep: sorted, with the first folder's name as subject where that is wanted.

import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure, GlimpseError, systemCode } from '../../common/errors.ts';
import { isImageName, kindOfEntry, type LeftOut, printable } from '../entries.ts';
import { type SourceItem, type SourceList, UNKNOWN_ORIGIN } from './source-item.ts';

const DEEPEST = 32;

/**
 * `subjects: 'folder'` takes `root/<subject>/…/image`, and pictures directly in the root as unknown. Hidden entries, other
 * files, and links that leave the root are left out. Throws `not-found`, and `bad-dataset` where there is no picture.
 */
export async function listFolderTree(
  root: string,
  options: { subjects: 'folder' | 'none' },
): Promise<SourceList> {
  const boundary = await realpath(root).catch(() => {
    throw new GlimpseError('not-found', `${printable(root)} does not exist: name a folder of pictures`);
  });
  const items: SourceItem[] = [];
  const leftOut: LeftOut[] = [];
  const visit = async (below: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(join(root, below), below, leftOut)) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.name.startsWith('.')) continue;
      const kind = await kindOfEntry(entry, join(root, name), boundary);
      if (kind.kind === 'neither') leftOut.push({ path: name, reason: kind.reason });
      else if (kind.kind === 'file' && isImageName(entry.name))
        items.push({ ...UNKNOWN_ORIGIN, path: join(root, name), name, subject: subjectOf(name, options) });
      else if (kind.kind === 'file') leftOut.push({ path: name, reason: 'has no image ending' });
      else if (depth === DEEPEST)
        leftOut.push({ path: name, reason: `lies more than ${DEEPEST} folders deep` });
      else await visit(name, depth + 1);
    }
  };
  await visit('', 0);
  ensure(items.length > 0, 'bad-dataset', `${printable(root)} holds no pictures`);
  return { items, leftOut };
}

function subjectOf(name: string, { subjects }: { subjects: 'folder' | 'none' }): string | null {
  const [first, ...rest] = name.split('/');
  return subjects === 'folder' && rest.length > 0 ? first : null;
}

async function entriesOf(folder: string, name: string, leftOut: LeftOut[]): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch (error) {
    if (name === '')
      throw new GlimpseError('not-found', `${printable(folder)} is not a readable folder`, { cause: error });
    leftOut.push({ path: name, reason: `cannot be read (${systemCode(error) ?? 'unknown reason'})` });
    return [];
  }
}
