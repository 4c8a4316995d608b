// Names in a folder of this machine, so that one can be chosen in either shell. Contents are never read.

import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensure, GlimpseError, systemCode } from '../common/errors.ts';
import type { FileChoice, FolderListing } from '../contract/app.ts';

const MOST_NAMES = 2000;
/** Null lists none. The last are manifests, lists, pictures and videos; whether a file is one is for its reader to say. */
const ENDINGS: Readonly<Record<FileChoice, RegExp | null>> = {
  none: null,
  onnx: /\.onnx$/i,
  bin: /\.bin$/i,
  zip: /\.zip$/i,
  faces:
    /\.(csv|json|txt|jpe?g|png|webp|bmp|tiff?|pgm|ppm|mp4|m4v|mov|mkv|webm|avi|mpe?g|m?ts|m2ts|wmv|asf|flv|3gp|ogv|mxf|dav|h264|h265|hevc|mjpe?g)$/i,
};

/** Hidden names are left out. Throws `not-found` where there is no such folder, or none that may be read. */
export async function listFolder(path: string, files: FileChoice): Promise<FolderListing> {
  const ending = ENDINGS[files];
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw new GlimpseError('not-found', reasonOf(error, path), { cause: error });
  });
  const shown = entries.filter(({ name }) => !name.startsWith('.'));
  const kinds = await Promise.all(
    shown.map(async (entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(path, entry.name)))),
    })),
  );
  const byName = new Intl.Collator('en', { numeric: true }).compare;
  const folders = kinds.filter((entry) => entry.isFolder).map(({ name }) => name);
  const names = kinds.filter(({ name, isFolder }) => !isFolder && ending?.test(name)).map(({ name }) => name);
  const parent = dirname(path);
  return {
    path,
    parent: parent === path ? null : parent,
    folders: folders.sort(byName).slice(0, MOST_NAMES),
    files: names.sort(byName).slice(0, MOST_NAMES),
    isCut: folders.length > MOST_NAMES || names.length > MOST_NAMES,
  };
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

function reasonOf(error: unknown, path: string): string {
  const code = systemCode(error);
  if (code === 'ENOTDIR') return `${path} is a file, not a folder`;
  return code === 'EACCES' ? `${path} may not be read` : `there is no folder ${path}`;
}

/** Whether the path is an existing folder; for checks before work starts. */
export async function ensureFolder(path: string): Promise<void> {
  ensure(await isFolder(path), 'not-found', `there is no folder ${path}`);
}
