// Where a gallery lies and what its files are called; loads nothing, so that processes without a database can ask.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensure } from '../common/errors.ts';

export const GALLERY_ENDING = '.gallery';
export const DATABASE_NAME = 'gallery.sqlite';
export const CROPS_NAME = 'crops';
const NAME_RULE = /^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,99}$/u;

/** Where galleries of a data folder lie. */
export function galleriesFolder(dataFolder: string): string {
  return join(dataFolder, 'galleries');
}

/** The folder of a gallery by its name under the data folder. Throws `bad-usage` for a name that is no file name. */
export function galleryFolder(dataFolder: string, name: string): string {
  ensure(
    NAME_RULE.test(name),
    'bad-usage',
    `a gallery's name is letters, digits, spaces, ".", "_" and "-", not ${JSON.stringify(name)}`,
  );
  return join(galleriesFolder(dataFolder), `${name}${GALLERY_ENDING}`);
}

/** Names of the galleries under the data folder, sorted. */
export function listGalleries(dataFolder: string): string[] {
  const root = galleriesFolder(dataFolder);
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => name.endsWith(GALLERY_ENDING) && existsSync(join(root, name, DATABASE_NAME)))
    .map((name) => name.slice(0, -GALLERY_ENDING.length))
    .sort();
}
