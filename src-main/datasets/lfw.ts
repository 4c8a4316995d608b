// The LFW verification protocol on disk: pairs.txt beside the folder of its images.

import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GlimpseError, systemCode } from '../common/errors.ts';
import { isInside, type LeftOut, printable, withoutImageEnding } from './entries.ts';
import { type FaceDataset, type IdentityScan, scanIdentityFolders } from './identity-folders.ts';
import { type NumberedImage, type PairsFile, parsePairsFile } from './lfw-pairs-file.ts';

/** Image folders looked for when none is named; the first that exists is taken. */
const IMAGE_FOLDERS = ['aligned112', 'lfw', 'lfw-deepfunneled', 'lfw_funneled'] as const;
const NAMES_IN_A_MESSAGE = 3;

export interface LfwPair {
  /** Indices into `images`. */
  readonly left: number;
  readonly right: number;
  readonly isGenuine: boolean;
  /** 0 … folds − 1. */
  readonly fold: number;
}

export interface MissingImage {
  /** Relative to the image folder, with any ending: `Name/Name_0004`. */
  readonly path: string;
  /** How many pairs need it. */
  readonly pairs: number;
}

export interface LfwPairs {
  readonly imageRoot: string;
  /** Paths relative to `imageRoot`, each once, sorted. */
  readonly images: readonly string[];
  readonly pairs: readonly LfwPair[];
  readonly folds: number;
  readonly missing: readonly MissingImage[];
  /** Pairs of the protocol that are not in `pairs`, because an image is missing or unusable. */
  readonly pairsLeftOut: number;
}

export interface LfwOptions {
  /** Folder of the images, relative to the root; by default `aligned112`, else `lfw`, else the root itself. */
  readonly imageFolder?: string;
  /** `refuse` (default): an absent image is an error. `skip`: its pairs are left out and counted. */
  readonly missingImages?: 'refuse' | 'skip';
}

/** True when the folder holds a pairs.txt. */
export async function isLfwFolder(root: string): Promise<boolean> {
  return (await stat(join(root, 'pairs.txt')).catch(() => null))?.isFile() ?? false;
}

/**
 * Reads `root/pairs.txt` and finds its images, `Name/Name_0001` with any image ending. Throws `not-found` for an absent
 * pairs.txt or image folder, `bad-dataset` for a malformed line, counts that contradict the header, absent images (unless
 * skipped) and a fold that has no pair left.
 */
export async function readLfwPairs(root: string, options: LfwOptions = {}): Promise<LfwPairs> {
  const file = await readPairsFile(root);
  const imageRoot = await findImageRoot(root, options.imageFolder);
  const { dataset } = await scanLfwImages(root, imageRoot);
  const lfw = matchPairs(file, dataset);
  const path = printable(join(root, 'pairs.txt'));
  if (lfw.missing.length > 0 && options.missingImages !== 'skip') {
    throw new GlimpseError(
      'bad-dataset',
      `${path} names images that are absent from ${printable(imageRoot)}: ` +
        `${lfw.missing.length} missing (${someNames(lfw.missing.map((image) => image.path))}), needed by ` +
        `${lfw.pairsLeftOut} of ${file.pairs.length} pairs; add them or leave those pairs out with --skip-missing`,
    );
  }
  refuseEmptyFold(lfw, path);
  return lfw;
}

/**
 * The protocol without the pairs that need one of the `unusable` images (indices into `images`, which stay as they
 * are): for images that turned out to be undecodable. Throws `bad-dataset` when a fold has no pair left.
 */
export function withoutImages(lfw: LfwPairs, unusable: ReadonlySet<number>): LfwPairs {
  const pairs = lfw.pairs.filter((pair) => !unusable.has(pair.left) && !unusable.has(pair.right));
  const pairsLeftOut = lfw.pairsLeftOut + lfw.pairs.length - pairs.length;
  const remaining = { ...lfw, pairs, pairsLeftOut };
  refuseEmptyFold(remaining, printable(lfw.imageRoot));
  return remaining;
}

/** The same pairs over the images that they use alone, each once, in order. */
export function withUsedImages(lfw: LfwPairs): LfwPairs {
  const used = [...new Set(lfw.pairs.flatMap(({ left, right }) => [left, right]))].sort((a, b) => a - b);
  const newIndexOf = new Map(used.map((image, index) => [image, index]));
  return {
    ...lfw,
    images: used.map((image) => lfw.images[image]),
    pairs: lfw.pairs.map((pair) => ({
      ...pair,
      left: newIndexOf.get(pair.left)!,
      right: newIndexOf.get(pair.right)!,
    })),
  };
}

/** What a run must say when it does not use the whole protocol; null when it does. */
export function describePairsLeftOut(lfw: LfwPairs, unreadable: readonly LeftOut[] = []): string | null {
  if (lfw.pairsLeftOut === 0) return null;
  const total = lfw.pairs.length + lfw.pairsLeftOut;
  const names = someNames(lfw.missing.map((image) => image.path));
  const missing = names === '' ? '' : `, images missing: ${lfw.missing.length} (${names})`;
  const named = someNames(unreadable.map((image) => `${image.path} ${image.reason}`));
  const damaged = named === '' ? '' : `, images unreadable: ${unreadable.length} (${named})`;
  return (
    `${lfw.pairsLeftOut} of ${total} pairs left out${missing}${damaged}: ` +
    'the result is not comparable with one over the whole protocol'
  );
}

/** Reads and parses `root/pairs.txt`. */
export async function readPairsFile(root: string): Promise<PairsFile> {
  const path = join(root, 'pairs.txt');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const rule = 'an LFW folder holds pairs.txt beside aligned112/ or lfw/';
    const reason = systemCode(error) === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new GlimpseError('not-found', `${printable(path)} ${reason}: ${rule}`, { cause: error });
  }
  return parsePairsFile(text, printable(path));
}

/** The image folder: the one named, else the first known one that exists, else the root. */
export async function findImageRoot(root: string, imageFolder?: string): Promise<string> {
  if (imageFolder === undefined) {
    for (const folder of IMAGE_FOLDERS) {
      const path = join(root, folder);
      if (await lstat(path).catch(() => null)) return checkedImageRoot(root, path);
    }
    return root;
  }
  return checkedImageRoot(root, join(root, imageFolder));
}

/** Lists the images below `imageRoot`; links may lead anywhere inside `root`. */
export async function scanLfwImages(root: string, imageRoot: string): Promise<IdentityScan> {
  return scanIdentityFolders(imageRoot, root);
}

/** Finds each pair's images among the listed ones; pairs with an absent image are left out and counted. */
export function matchPairs(file: PairsFile, dataset: FaceDataset): LfwPairs {
  const pathOfStem = new Map<string, string>();
  for (const path of dataset.paths) {
    const stem = withoutImageEnding(path);
    if (!pathOfStem.has(stem)) pathOfStem.set(stem, path);
  }
  const used = new Set<string>();
  const pairsOfMissing = new Map<string, number>();
  const found: { left: string; right: string; isGenuine: boolean; fold: number }[] = [];
  for (const { left, right, isGenuine, fold } of file.pairs) {
    const stems = [stemOf(left), stemOf(right)];
    const paths = stems.map((stem) => pathOfStem.get(stem));
    for (const stem of stems) {
      if (!pathOfStem.has(stem)) pairsOfMissing.set(stem, (pairsOfMissing.get(stem) ?? 0) + 1);
    }
    if (paths[0] === undefined || paths[1] === undefined) continue;
    used.add(paths[0]).add(paths[1]);
    found.push({ left: paths[0], right: paths[1], isGenuine, fold });
  }
  const images = [...used].sort();
  const indexOf = new Map(images.map((path, index) => [path, index]));
  return {
    imageRoot: dataset.root,
    images,
    pairs: found.map((pair) => ({
      ...pair,
      left: indexOf.get(pair.left)!,
      right: indexOf.get(pair.right)!,
    })),
    folds: file.folds,
    missing: [...pairsOfMissing].sort().map(([path, pairs]) => ({ path, pairs })),
    pairsLeftOut: file.pairs.length - found.length,
  };
}

/** Folds (from 0) without a single pair. */
export function emptyFolds(lfw: Pick<LfwPairs, 'pairs' | 'folds'>): number[] {
  const present = new Set(lfw.pairs.map((pair) => pair.fold));
  return Array.from({ length: lfw.folds }, (_, fold) => fold).filter((fold) => !present.has(fold));
}

function refuseEmptyFold(lfw: LfwPairs, path: string): void {
  const [fold] = emptyFolds(lfw);
  if (fold === undefined) return;
  throw new GlimpseError(
    'bad-dataset',
    `${path}: fold ${fold + 1} of ${lfw.folds} has no pair left, since its images are missing or unreadable`,
  );
}

async function checkedImageRoot(root: string, path: string): Promise<string> {
  const real = await realpath(path).catch(() => null);
  if (real === null || !(await stat(real)).isDirectory()) {
    throw new GlimpseError('not-found', `${printable(path)} is no folder: it should hold the images of LFW`);
  }
  if (!isInside(real, await realpath(root))) {
    throw new GlimpseError('bad-dataset', `${printable(path)} leads out of ${printable(root)}`);
  }
  return path;
}

function stemOf({ name, number }: NumberedImage): string {
  return `${name}/${name}_${String(number).padStart(4, '0')}`;
}

function someNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_IN_A_MESSAGE).map(printable).join(', ');
  return names.length > NAMES_IN_A_MESSAGE ? `${shown}, …` : shown;
}
