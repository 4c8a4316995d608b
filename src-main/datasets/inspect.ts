// Looks at a dataset before anything is trained on it: every image is decoded, every problem named and counted.

import { join } from 'node:path';
import { ProgressToken } from '../common/progress.ts';
import type { LeftOut } from './entries.ts';
import { type FaceDataset, fingerprintOfDigests, scanIdentityFolders } from './identity-folders.ts';
import { decodesInFlight, type ImageReport, type ImageSize, readImage } from './image-report.ts';
import { mapInFlight } from './in-flight.ts';
import {
  emptyFolds,
  findImageRoot,
  isLfwFolder,
  type LfwPairs,
  type MissingImage,
  matchPairs,
  readPairsFile,
  scanLfwImages,
} from './lfw.ts';

/** Smallest number of images of each bucket of the images-per-identity histogram. */
const BUCKET_STARTS = [1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1000];

/** What the pairs of an LFW folder come to; counts over the pairs whose images were found. */
export interface PairsInspection {
  readonly folds: number;
  readonly pairs: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  readonly missing: readonly MissingImage[];
  readonly pairsLeftOut: number;
  /** Pairs whose images exist, but do not decode. */
  readonly pairsWithUnreadableImages: number;
  /** Folds, from 1, without a single pair whose images exist. */
  readonly emptyFolds: readonly number[];
}

export interface DatasetInspection {
  readonly root: string;
  readonly kind: 'identity-folders' | 'lfw';
  readonly imageRoot: string;
  /** Identities with at least one image file. */
  readonly identities: number;
  /** Image files, readable or not. */
  readonly images: number;
  readonly readableImages: number;
  readonly unreadable: readonly LeftOut[];
  /** Files and folders that are no part of the dataset. */
  readonly leftOut: readonly LeftOut[];
  /** Identities with exactly one readable image: they have no genuine pair. */
  readonly identitiesWithOneImage: number;
  readonly identitiesWithoutReadableImage: readonly string[];
  /** Over identities, readable images. Buckets hold `from` … `to` images, `to` null for no limit. */
  readonly imagesPerIdentity: {
    readonly min: number;
    readonly median: number;
    readonly max: number;
    readonly buckets: readonly { from: number; to: number | null; identities: number }[];
  };
  /** Ordered by area (median: the larger of the middle two); null without a readable image. Most frequent size first. */
  readonly imageSizes: {
    readonly min: ImageSize;
    readonly median: ImageSize;
    readonly max: ImageSize;
    readonly histogram: readonly (ImageSize & { images: number })[];
  } | null;
  /** Groups of files with the same bytes, by path. */
  readonly duplicates: readonly (readonly string[])[];
  readonly totalBytes: number;
  /** Equal to `fingerprintOf` of the same dataset. */
  readonly fingerprint: string;
  readonly pairs: PairsInspection | null;
}

export interface InspectionOptions {
  readonly progress?: ProgressToken;
  /** Image folder of an LFW root, as in `readLfwPairs`. */
  readonly imageFolder?: string;
  /** Images being decoded at the same time; by default the number of processors, at most 8. */
  readonly decodesInFlight?: number;
}

/**
 * Recognises an LFW root (it holds pairs.txt) or identity folders, decodes every image and reports. Unreadable images and
 * pairs with absent ones are reported, never thrown; `not-found`, `bad-dataset` and `cancelled` are.
 */
export async function inspectDataset(
  root: string,
  options: InspectionOptions = {},
): Promise<DatasetInspection> {
  const isLfw = await isLfwFolder(root);
  const pairsFile = isLfw ? await readPairsFile(root) : null;
  const imageRoot = isLfw ? await findImageRoot(root, options.imageFolder) : root;
  const { dataset, leftOut } = isLfw
    ? await scanLfwImages(root, imageRoot)
    : await scanIdentityFolders(imageRoot);
  const reports = await readImages(dataset, options);
  const readablePerIdentity = countReadable(dataset, reports);
  const sizes = reports.map((report) => report.size).filter((size) => size !== null);
  return {
    root,
    kind: isLfw ? 'lfw' : 'identity-folders',
    imageRoot,
    identities: dataset.identities.length,
    images: dataset.paths.length,
    readableImages: sizes.length,
    unreadable: dataset.paths
      .map((path, image) => ({ path, reason: reports[image].reason }))
      .filter((_, image) => reports[image].size === null),
    leftOut,
    identitiesWithOneImage: readablePerIdentity.filter((count) => count === 1).length,
    identitiesWithoutReadableImage: dataset.identities.filter((_, label) => readablePerIdentity[label] === 0),
    imagesPerIdentity: summariseCounts(readablePerIdentity),
    imageSizes: summariseSizes(sizes),
    duplicates: findDuplicates(dataset.paths, reports),
    totalBytes: reports.reduce((sum, report) => sum + report.bytes, 0),
    fingerprint: fingerprintOfDigests(
      dataset.paths,
      reports.map((report) => report.digest),
    ),
    pairs: pairsFile && inspectPairs(matchPairs(pairsFile, dataset), dataset, reports),
  };
}

async function readImages(dataset: FaceDataset, options: InspectionOptions): Promise<ImageReport[]> {
  const progress = options.progress ?? ProgressToken.silent();
  const stage = progress.stage('inspect', dataset.paths.length, 'images');
  return mapInFlight(dataset.paths, options.decodesInFlight ?? decodesInFlight(), async (path) => {
    progress.throwIfCancelled();
    const report = await readImage(join(dataset.root, path), path);
    stage.advance();
    return report;
  });
}

function countReadable(dataset: FaceDataset, reports: readonly ImageReport[]): number[] {
  const counts = new Array<number>(dataset.identities.length).fill(0);
  for (let image = 0; image < reports.length; image++) {
    if (reports[image].size !== null) counts[dataset.labels[image]]++;
  }
  return counts;
}

function summariseCounts(counts: readonly number[]): DatasetInspection['imagesPerIdentity'] {
  const sorted = Float64Array.from(counts).sort();
  const buckets = BUCKET_STARTS.map((from, bucket) => {
    const next = BUCKET_STARTS[bucket + 1];
    const inBucket = (count: number) => count >= from && (next === undefined || count < next);
    return { from, to: next === undefined ? null : next - 1, identities: counts.filter(inBucket).length };
  });
  return {
    min: sorted[0],
    median: (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2,
    max: sorted[sorted.length - 1],
    buckets: buckets.filter((bucket) => bucket.identities > 0),
  };
}

function summariseSizes(sizes: readonly ImageSize[]): DatasetInspection['imageSizes'] {
  if (sizes.length === 0) return null;
  const byArea = [...sizes].sort(
    (left, right) =>
      left.widthPx * left.heightPx - right.widthPx * right.heightPx || left.widthPx - right.widthPx,
  );
  const histogram: (ImageSize & { images: number })[] = [];
  for (const size of byArea) {
    const last = histogram.at(-1);
    if (last?.widthPx === size.widthPx && last.heightPx === size.heightPx) last.images++;
    else histogram.push({ ...size, images: 1 });
  }
  return {
    min: byArea[0],
    median: byArea[byArea.length >> 1],
    max: byArea[byArea.length - 1],
    // A stable sort: equally frequent sizes stay ordered by area.
    histogram: histogram.sort((left, right) => right.images - left.images),
  };
}

function findDuplicates(paths: readonly string[], reports: readonly ImageReport[]): string[][] {
  const pathsOfDigest = new Map<string, string[]>();
  for (let image = 0; image < paths.length; image++) {
    if (reports[image].size === null) continue;
    const group = pathsOfDigest.get(reports[image].digest);
    if (group) group.push(paths[image]);
    else pathsOfDigest.set(reports[image].digest, [paths[image]]);
  }
  return [...pathsOfDigest.values()].filter((group) => group.length > 1);
}

function inspectPairs(lfw: LfwPairs, dataset: FaceDataset, reports: readonly ImageReport[]): PairsInspection {
  const unreadable = new Set(dataset.paths.filter((_, image) => reports[image].size === null));
  const isUnreadable = (image: number) => unreadable.has(lfw.images[image]);
  const genuinePairs = lfw.pairs.filter((pair) => pair.isGenuine).length;
  return {
    folds: lfw.folds,
    pairs: lfw.pairs.length,
    genuinePairs,
    impostorPairs: lfw.pairs.length - genuinePairs,
    missing: lfw.missing,
    pairsLeftOut: lfw.pairsLeftOut,
    pairsWithUnreadableImages: lfw.pairs.filter((pair) => isUnreadable(pair.left) || isUnreadable(pair.right))
      .length,
    emptyFolds: emptyFolds(lfw).map((fold) => fold + 1),
  };
}
