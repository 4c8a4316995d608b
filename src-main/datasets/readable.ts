// Leaves out of a dataset what does not decode, before anything long starts: named, counted, never fatal.

import { join } from 'node:path';
import { GlimpseError } from '../common/errors.ts';
import { readJsonFile, writeFileAtomically } from '../common/files.ts';
import type { ProgressToken } from '../common/progress.ts';
import { datasetCacheFolder } from './dataset-cache.ts';
import { type LeftOut, printable } from './entries.ts';
import { asFaceSource, type FaceSource, type FileList } from './face-source.ts';
import type { FaceDataset } from './identity-folders.ts';
import { decodesInFlight } from './image-report.ts';
import { mapInFlight } from './in-flight.ts';

const NAMES_IN_A_MESSAGE = 3;

/** What is kept beside the caches of a dataset, so that its images are decoded for this once. */
interface UnreadableFile {
  readonly version: 1;
  readonly fingerprint: string;
  readonly unreadable: readonly LeftOut[];
}

/**
 * Every image that cannot be read or decoded, with the reason, in the dataset's order. The first call decodes all images;
 * later ones with the same fingerprint read its result from the cache. Throws `cancelled`.
 */
export async function findUnreadable(
  dataset: FileList | FaceSource,
  fingerprint: string,
  cacheFolder: string,
  progress: ProgressToken,
): Promise<readonly LeftOut[]> {
  const path = unreadablePath(fingerprint, cacheFolder);
  const known = await readKnown(path, fingerprint);
  if (known !== null) return known;
  const source = asFaceSource(dataset);
  const stage = progress.stage('checking images', source.names.length, 'images');
  const reasons = await mapInFlight(source.names, decodesInFlight(), async (_, index) => {
    progress.throwIfCancelled();
    const reason = await source.problemOf(index);
    stage.advance();
    return reason;
  });
  const unreadable: LeftOut[] = [];
  for (const [image, reason] of reasons.entries()) {
    if (reason !== null) unreadable.push({ path: source.names[image], reason });
  }
  const file: UnreadableFile = { version: 1, fingerprint, unreadable };
  await writeFileAtomically(path, `${JSON.stringify(file)}\n`);
  return unreadable;
}

/** What `findUnreadable` has kept for this fingerprint; null where there is nothing usable. */
export function knownUnreadable(
  fingerprint: string,
  cacheFolder: string,
): Promise<readonly LeftOut[] | null> {
  return readKnown(unreadablePath(fingerprint, cacheFolder), fingerprint);
}

function unreadablePath(fingerprint: string, cacheFolder: string): string {
  return join(datasetCacheFolder(cacheFolder, fingerprint), 'unreadable.json');
}

/** Null where there is no usable file: a cache that was damaged is made again. */
async function readKnown(path: string, fingerprint: string): Promise<readonly LeftOut[] | null> {
  const file = (await readJsonFile(path).catch((error) => {
    if (error instanceof GlimpseError && error.code === 'bad-data') return null;
    throw error;
  })) as Partial<UnreadableFile> | null;
  const isUsable = file?.version === 1 && file.fingerprint === fingerprint && Array.isArray(file.unreadable);
  return isUsable && file.unreadable !== undefined ? file.unreadable : null;
}

/**
 * The dataset without these images; an identity that loses all of its images goes too, and labels close up. Throws
 * `bad-dataset` when nothing is left.
 */
export function withoutUnreadable(dataset: FaceDataset, unreadable: readonly LeftOut[]): FaceDataset {
  if (unreadable.length === 0) return dataset;
  const gone = new Set(unreadable.map(({ path }) => path));
  const paths: string[] = [];
  const labels: number[] = [];
  const identities: string[] = [];
  const newLabelOf = new Map<number, number>();
  for (const [image, path] of dataset.paths.entries()) {
    if (gone.has(path)) continue;
    const label = newLabelOf.get(dataset.labels[image]) ?? identities.length;
    if (label === identities.length) {
      identities.push(dataset.identities[dataset.labels[image]]);
      newLabelOf.set(dataset.labels[image], label);
    }
    paths.push(path);
    labels.push(label);
  }
  if (paths.length === 0) {
    throw new GlimpseError(
      'bad-dataset',
      `${printable(dataset.root)} has no readable image: ${describeUnreadable(unreadable, dataset.paths.length)}`,
    );
  }
  return { root: dataset.root, identities, paths, labels: Int32Array.from(labels) };
}

/** `4 of 30 images left out: a/1.jpg is empty; …`; the first few are named. */
export function describeUnreadable(unreadable: readonly LeftOut[], images: number): string {
  const named = unreadable
    .slice(0, NAMES_IN_A_MESSAGE)
    .map(({ path, reason }) => `${printable(path)} ${reason}`);
  const more = unreadable.length > NAMES_IN_A_MESSAGE ? '; …' : '';
  return `${unreadable.length} of ${images} images left out: ${named.join('; ')}${more}`;
}
