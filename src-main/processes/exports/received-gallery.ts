// An export of a gallery as it was received: checked against its manifest, its header read, its crops decoded, its faces with crops.

import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { mapInFlight } from '../../datasets/in-flight.ts';
import { parseHeader } from '../../gallery/transfer/parse-lines.ts';
import type { GalleryHeader } from '../../gallery/transfer/rows.ts';
import { decodeImage } from '../../imaging/decode.ts';
import { DEFAULT_LIMITS, ensureBytesAllowed } from '../../imaging/image-limits.ts';
import { storedSize } from '../../imaging/picture-size.ts';
import {
  FACES_NAME,
  HEADER_NAME,
  isCropPath,
  placeInGallery,
  SOURCES_NAME,
  SUBJECTS_NAME,
  TRACKS_NAME,
} from './gallery-files.ts';
import { readFaceLines } from './import-rows.ts';
import { receivePackage } from './package-reader.ts';

export interface ReceivedGallery {
  readonly header: GalleryHeader;
  readonly manifestSha256: string;
  /** Where each crop is in the export, and so in a gallery, by its digest in hex. */
  readonly crops: ReadonlyMap<string, string>;
}

/** Waiting for the disk is what takes time: several files wait at once. */
const CROPS_IN_FLIGHT = 16;
/** Profiles in base64 are most of it. */
const LONGEST_HEADER_BYTES = 256 * 2 ** 20;
const NEEDED = [HEADER_NAME, SUBJECTS_NAME, TRACKS_NAME, SOURCES_NAME, FACES_NAME];

/**
 * Receives into two folders: crops as a gallery has them, the rest to be read. Throws what `receivePackage` throws, and `bad-data`
 * for a crop that does not decode, that no face names, or that a face names in vain.
 */
export async function receiveGallery(
  path: string,
  folders: { readonly gallery: string; readonly reading: string },
  progress: ProgressToken,
): Promise<ReceivedGallery> {
  const { manifest, manifestSha256 } = await receivePackage(
    path,
    'glimpse-gallery',
    (file) => {
      if (file.path === HEADER_NAME)
        ensure(file.bytes <= LONGEST_HEADER_BYTES, 'bad-data', `${HEADER_NAME} has ${file.bytes} bytes`);
      if (isCropPath(file.path)) ensureBytesAllowed(file.bytes, file.path, DEFAULT_LIMITS);
      return placeInGallery(file, folders.gallery, folders.reading);
    },
    progress,
  );
  for (const name of NEEDED) ensure(manifest.files.has(name), 'bad-data', `${path} lacks ${name}`);
  const header = parseHeader(readHeader(join(folders.reading, HEADER_NAME)), HEADER_NAME);
  const crops = [...manifest.files.values()].filter(({ path }) => isCropPath(path));
  const stage = progress.stage('decoding crops', crops.length, 'crops');
  await mapInFlight(crops, CROPS_IN_FLIGHT, async (file) => {
    progress.throwIfCancelled();
    const bytes = await readDurably(placeInGallery(file, folders.gallery, folders.reading));
    const wanted = file.path.endsWith('.jpg') ? 'jpeg' : 'png';
    ensure(
      storedSize(bytes)?.format === wanted,
      'bad-data',
      `${file.path} is no ${wanted === 'jpeg' ? 'plain JPEG' : 'PNG'}`,
    );
    await decodeImage(bytes, file.path);
    stage.advance();
  });
  const paths = new Map(crops.map(({ sha256, path: inside }) => [sha256, inside]));
  const named = new Set<string>();
  for (const { id, crop } of readFaceLines(folders.reading)) {
    ensure(paths.has(crop), 'bad-data', `${path} lacks the crop of face ${id}: ${crop}`);
    named.add(crop);
  }
  const loose = crops.find(({ sha256 }) => !named.has(sha256));
  ensure(loose === undefined, 'bad-data', `${path} holds ${loose?.path}, which no face of it names`);
  return { header, manifestSha256, crops: paths };
}

/** Crops stay where they were received: each is on disk before a row names it. */
async function readDurably(path: string): Promise<Buffer> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function readHeader(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
