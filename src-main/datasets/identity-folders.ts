// Training data as folders: `root/identity/image`.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure, GlimpseError, systemCode } from '../common/errors.ts';
import { sha256 } from '../common/files.ts';

const IMAGE_NAME = /\.(jpe?g|png|webp|bmp|tiff?|pgm|ppm)$/i;

/** A listed dataset: images sorted by path, each with the index of its identity. */
export interface FaceDataset {
  readonly root: string;
  readonly identities: readonly string[];
  /** Paths relative to `root`, sorted. */
  readonly paths: readonly string[];
  /** Identity index of each path. */
  readonly labels: Int32Array;
}

/** Lists `root/identity/image`. Throws `not-found` or `bad-dataset`; files that are no images are left out. */
export async function listIdentityFolders(root: string): Promise<FaceDataset> {
  let entries: { name: string; isDirectory(): boolean }[];
  try {
    entries = await readdir(root, { withFileTypes: true });
  } catch (error) {
    const reason = systemCode(error) === 'ENOTDIR' ? 'is not a folder' : 'does not exist or cannot be read';
    throw new GlimpseError('not-found', `${root} ${reason}: name a folder of identity/image`, {
      cause: error,
    });
  }
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const identities: string[] = [];
  const paths: string[] = [];
  const labels: number[] = [];
  for (const folder of folders) {
    const images = (await readdir(join(root, folder))).filter((name) => IMAGE_NAME.test(name)).sort();
    if (images.length === 0) continue;
    for (const image of images) {
      paths.push(`${folder}/${image}`);
      labels.push(identities.length);
    }
    identities.push(folder);
  }
  ensure(
    identities.length > 0,
    'bad-dataset',
    `${root} has no identities: expected ${root}/identity/image.jpg`,
  );
  return { root, identities, paths, labels: Int32Array.from(labels) };
}

/** SHA-256 over every path and the content behind it: any changed, added or renamed image changes it. */
export async function fingerprintOf(dataset: FaceDataset): Promise<string> {
  const parts: string[] = [];
  for (const path of dataset.paths) parts.push(path, sha256(await readFile(join(dataset.root, path))));
  return sha256(parts.join('\n'));
}
