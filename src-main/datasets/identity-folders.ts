// Training data as folders: `root/identity/image`.

import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { GlimpseError, systemCode } from '../common/errors.ts';
import { sha256 } from '../common/files.ts';
import { ProgressToken } from '../common/progress.ts';
import { isImageName, kindOfEntry, type LeftOut, printable } from './entries.ts';
import { mapInFlight } from './in-flight.ts';

const FOLDERS_IN_FLIGHT = 16;
const FILES_IN_FLIGHT = 8;

/** A listed dataset: images sorted by path, each with the index of its identity. */
export interface FaceDataset {
  readonly root: string;
  readonly identities: readonly string[];
  /** Paths relative to `root`, sorted. */
  readonly paths: readonly string[];
  /** Identity index of each path. */
  readonly labels: Int32Array;
}

/** A dataset, and what lay beside it in the same folders. */
export interface IdentityScan {
  readonly dataset: FaceDataset;
  readonly leftOut: readonly LeftOut[];
}

/** Lists `root/identity/image`. Throws `not-found` or `bad-dataset`; files that are no images are left out. */
export async function listIdentityFolders(root: string): Promise<FaceDataset> {
  return (await scanIdentityFolders(root)).dataset;
}

/**
 * Lists `root/identity/image` with everything that was left out: hidden entries, other file types, deeper folders,
 * pipes, and links that lead out of `boundary` (by default the root). Throws `not-found` when the root is no readable
 * folder and `bad-dataset` when it holds no identity with an image.
 */
export async function scanIdentityFolders(root: string, boundary = root): Promise<IdentityScan> {
  const entries = await readRoot(root);
  const realBoundary = await realpath(boundary);
  const leftOut: LeftOut[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    const reason = await reasonAgainstFolder(entry, join(root, entry.name), realBoundary);
    if (reason === null) folders.push(entry.name);
    else leftOut.push({ path: entry.name, reason });
  }
  const scans = await mapInFlight(folders.sort(), FOLDERS_IN_FLIGHT, (folder) =>
    scanFolder(root, folder, realBoundary),
  );
  const identities: string[] = [];
  const paths: string[] = [];
  const labels: number[] = [];
  for (const scan of scans) {
    for (const entry of scan.leftOut) leftOut.push(entry);
    if (scan.images.length === 0) continue;
    for (const image of scan.images) {
      paths.push(`${scan.folder}/${image}`);
      labels.push(identities.length);
    }
    identities.push(scan.folder);
  }
  if (identities.length === 0) throw noIdentities(root, entries);
  leftOut.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { dataset: { root, identities, paths, labels: Int32Array.from(labels) }, leftOut };
}

/**
 * SHA-256 over every path and the content behind it: any changed, added or renamed image changes it. An image that
 * cannot be read counts by its error code. Takes anything with a root and paths below it.
 */
export async function fingerprintOf(
  dataset: Pick<FaceDataset, 'root' | 'paths'>,
  progress = ProgressToken.silent(),
): Promise<string> {
  const stage = progress.stage('fingerprint', dataset.paths.length, 'images');
  const digests = await mapInFlight(dataset.paths, FILES_IN_FLIGHT, async (path) => {
    progress.throwIfCancelled();
    const digest = await digestOfFile(join(dataset.root, path));
    stage.advance();
    return digest;
  });
  return fingerprintOfDigests(dataset.paths, digests);
}

/** The fingerprint from digests that are at hand already, one per path. */
export function fingerprintOfDigests(paths: readonly string[], digests: readonly string[]): string {
  const parts: string[] = [];
  for (let image = 0; image < paths.length; image++) {
    // A line break in a name must not pass for the border between two parts.
    parts.push(paths[image].replaceAll('\\', '\\\\').replaceAll('\n', '\\n'), digests[image]);
  }
  return sha256(parts.join('\n'));
}

/** What stands in a fingerprint for a file that cannot be read. */
export function digestOfUnreadable(error: unknown): string {
  return `unreadable ${systemCode(error) ?? 'file'}`;
}

async function digestOfFile(path: string): Promise<string> {
  try {
    return sha256(await readFile(path));
  } catch (error) {
    return digestOfUnreadable(error);
  }
}

async function readRoot(root: string): Promise<Dirent[]> {
  try {
    return await readdir(root, { withFileTypes: true });
  } catch (error) {
    const reason = systemCode(error) === 'ENOTDIR' ? 'is not a folder' : 'does not exist or cannot be read';
    throw new GlimpseError('not-found', `${printable(root)} ${reason}: name a folder of identity/image`, {
      cause: error,
    });
  }
}

async function reasonAgainstFolder(
  entry: Dirent,
  path: string,
  realBoundary: string,
): Promise<string | null> {
  if (entry.name.startsWith('.')) return 'is hidden';
  const kind = await kindOfEntry(entry, path, realBoundary);
  if (kind.kind === 'neither') return kind.reason;
  return kind.kind === 'folder' ? null : 'lies in no identity folder';
}

interface FolderScan {
  readonly folder: string;
  readonly images: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

async function scanFolder(root: string, folder: string, realBoundary: string): Promise<FolderScan> {
  const images: string[] = [];
  const leftOut: LeftOut[] = [];
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    const reason = `cannot be read (${systemCode(error) ?? 'unknown reason'})`;
    return { folder, images, leftOut: [{ path: folder, reason }] };
  }
  for (const entry of entries) {
    const reason = await reasonAgainstImage(entry, join(root, folder, entry.name), realBoundary);
    if (reason === null) images.push(entry.name);
    else leftOut.push({ path: `${folder}/${entry.name}`, reason });
  }
  if (images.length === 0) leftOut.push({ path: folder, reason: 'holds no images' });
  return { folder, images: images.sort(), leftOut };
}

async function reasonAgainstImage(entry: Dirent, path: string, realBoundary: string): Promise<string | null> {
  if (entry.name.startsWith('.')) return 'is hidden';
  const kind = await kindOfEntry(entry, path, realBoundary);
  if (kind.kind === 'neither') return kind.reason;
  if (kind.kind === 'folder') return 'is a folder inside an identity';
  return isImageName(entry.name) ? null : 'has no image ending';
}

function noIdentities(root: string, entries: readonly Dirent[]): GlimpseError {
  const name = printable(root);
  const loose = entries.filter((entry) => entry.isFile() && isImageName(entry.name)).length;
  const found = loose === 0 ? '' : ` (${loose} images lie directly in it)`;
  return new GlimpseError(
    'bad-dataset',
    `${name} has no identities${found}: expected ${name}/identity/image.jpg`,
  );
}
