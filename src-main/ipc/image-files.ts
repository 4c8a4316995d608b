// Which picture files the window may see: samples of a training and crops of a gallery, by hash, never by path.

import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { cacheFolderOf } from '../common/files.ts';

/** `samples/<sha256>.png` and `crops/<gallery>/<sha256>`. */
const SAMPLE = /^samples\/([0-9a-f]{64})\.png$/;
const CROP = /^crops\/([\p{L}\p{N}][\p{L}\p{N}._ -]{0,99})\/([0-9a-f]{64})$/u;

/**
 * The file behind a picture's name, or null for any name that is none, and for a link that leads elsewhere.
 * @param cropsOf where the crops of a gallery lie that is open; null for every other
 */
export async function findImageFile(
  dataFolder: string,
  cropsOf: (gallery: string) => string | null,
  name: string,
): Promise<string | null> {
  const sample = SAMPLE.exec(name);
  if (sample !== null) return within(join(cacheFolderOf(dataFolder), 'samples'), `${sample[1]}.png`);
  const crop = CROP.exec(name);
  if (crop === null) return null;
  const [, gallery, digest] = crop;
  const folder = cropsOf(gallery);
  if (folder === null) return null;
  const stem = join(digest.slice(0, 2), digest);
  return (await within(folder, `${stem}.png`)) ?? within(folder, `${stem}.jpg`);
}

async function within(folder: string, path: string): Promise<string | null> {
  try {
    const [root, file] = [await realpath(folder), await realpath(join(folder, path))];
    return file.startsWith(root + sep) ? file : null;
  } catch {
    return null;
  }
}
