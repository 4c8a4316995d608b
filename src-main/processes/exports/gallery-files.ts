// The files of a gallery's export, by name.

import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import type { CropStore } from '../../gallery/db/crops.ts';
import { CROPS_NAME } from '../../gallery/gallery-folder.ts';
import type { PackageFile } from './package-format.ts';

export const HEADER_NAME = 'gallery.json';
export const SUBJECTS_NAME = 'subjects.jsonl';
export const TRACKS_NAME = 'tracks.jsonl';
export const SOURCES_NAME = 'sources.jsonl';
export const FACES_NAME = 'faces.jsonl';
/** For spreadsheets; an import does not read it. */
export const CSV_NAME = 'faces.csv';

const PLAIN_FILES: readonly string[] = [
  HEADER_NAME,
  SUBJECTS_NAME,
  TRACKS_NAME,
  SOURCES_NAME,
  FACES_NAME,
  CSV_NAME,
];
const CROP_PATH = /^crops\/([0-9a-f]{2})\/(\1[0-9a-f]{62})\.(png|jpg)$/;
const SPACE_PATH = /^embeddings\/space-[1-9]\d{0,8}\.(faces\.)?npy$/;

/** As the gallery itself has it. */
export function cropPath(crops: CropStore, digest: Uint8Array): string {
  return `crops/${crops.nameOf(digest)}`;
}

export function isCropPath(path: string): boolean {
  return CROP_PATH.test(path);
}

/** float32 [N, D]. */
export function vectorsPath(space: number): string {
  return `embeddings/space-${space}.npy`;
}

/** int64 [N]: whose embedding each row is. */
export function vectorFacesPath(space: number): string {
  return `embeddings/space-${space}.faces.npy`;
}

/**
 * Where a file of the export goes: crops to where a gallery has them, the rest into a folder to be read and removed. Throws
 * `bad-data` for one that no export has, and for a crop whose name is not its digest.
 */
export function placeInGallery(
  { path, sha256 }: PackageFile,
  galleryFolder: string,
  readingFolder: string,
): string {
  const crop = CROP_PATH.exec(path);
  if (crop !== null) {
    ensure(crop[2] === sha256, 'bad-data', `${path} has another SHA-256 than its name: ${sha256}`);
    return join(galleryFolder, CROPS_NAME, crop[1], `${sha256}.${crop[3]}`);
  }
  ensure(
    PLAIN_FILES.includes(path) || SPACE_PATH.test(path),
    'bad-data',
    `${path} is no part of a gallery's export`,
  );
  return join(readingFolder, path);
}
