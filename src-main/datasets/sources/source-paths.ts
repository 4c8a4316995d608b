// Paths that somebody else wrote down: held inside the folder they came with.

import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { systemCode } from '../../common/errors.ts';
import { isImageName, isInside } from '../entries.ts';

export type ResolvedPath =
  | { readonly kind: 'image'; readonly path: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** A path of a manifest, relative to its folder (`realFolder`, without links); links are followed, but not out of it. */
export async function resolveInside(written: string, realFolder: string): Promise<ResolvedPath> {
  const refused = (reason: string): ResolvedPath => ({ kind: 'refused', reason });
  if (written === '') return refused('has no path');
  if (written.includes('\0')) return refused('has a NUL byte in its path');
  const path = isAbsolute(written) ? written : resolve(realFolder, written);
  try {
    const target = await realpath(path);
    if (!isInside(target, realFolder)) return refused("lies outside the manifest's folder");
    if (!(await stat(target)).isFile()) return refused('is not a file');
  } catch (error) {
    return refused(
      systemCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${systemCode(error)})`,
    );
  }
  return isImageName(path) ? { kind: 'image', path } : refused('has no image ending');
}
