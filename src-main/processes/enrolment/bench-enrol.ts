// Benchmark of enrolment from files to rows: crops end to end, one at a time as a baseline, and what each part costs.

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import { medianOf } from '../../common/statistics.ts';
import { listFolderTree } from '../../datasets/sources/folder-tree.ts';
import type { SourceItem } from '../../datasets/sources/source-item.ts';
import { Gallery } from '../../gallery/gallery.ts';
import { encodeJpeg, encodePng } from '../../imaging/encode.ts';
import type { FaceFinder } from '../../imaging/face-finder.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { assessCrop } from '../../imaging/quality.ts';
import { resizeBicubic } from '../../imaging/resample.ts';
import type { CropEmbedder } from './crop-embedder.ts';
import { enrol } from './enrol-job.ts';
import { findFaces } from './picture-faces.ts';

export interface EnrolBenchOptions {
  readonly embedder: CropEmbedder;
  readonly faces: number;
  readonly rounds: number;
  /** Full images to measure too, with what finds faces in them; null leaves that out. */
  readonly full: { readonly folder: string; readonly finder: FaceFinder } | null;
  readonly note: (line: string) => void;
}

export interface EnrolBenchResult {
  readonly name: 'enrol';
  /** Faces per second, from JPEG files to rows on the disk. */
  readonly median: number;
  readonly unit: 'faces/s';
  /** The same of PNG files. */
  readonly medianFromPng: number;
  readonly baseline: { readonly name: string; readonly median: number };
  readonly ratio: number;
  /** Milliseconds a face that each part takes where nothing else runs. */
  readonly partsMs: Readonly<Record<Part, number>>;
  readonly full: {
    readonly images: number;
    readonly faces: number;
    readonly imagesPerSecond: number;
    /** Milliseconds an image: finding, cropping and judging faces, and all of it. */
    readonly findMs: number;
    readonly wholeMs: number;
  } | null;
  readonly peakRssMb: number;
}

type Part = 'read' | 'digest' | 'decode' | 'judge' | 'embed' | 'crops' | 'encode as PNG';

const SIDE_PX = 112;
const JPEG_QUALITY = 90;
const SEED = 1;
const BATCH = 128;
const PLAIN_FACES = 150;
const PART_FACES = 256;
const ACTING = { actor: 'bench', now: Date.now };
const SILENT = ProgressToken.silent();

export async function benchEnrol(options: EnrolBenchOptions): Promise<EnrolBenchResult> {
  const { faces, rounds, embedder, full, note } = options;
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-bench-'));
  try {
    await writeCrops(folder, faces);
    const [items, pngItems] = [await itemsOf(join(folder, 'jpg')), await itemsOf(join(folder, 'png'))];
    // TensorFlow's first batch compiles its plans.
    await embedder.embed(await Promise.all(items.slice(0, BATCH).map((item) => readPicture(item, embedder))));
    const [ours, ofPng, plain]: number[][] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      ours.push(await rateOf(folder, items, embedder, items.length));
      ofPng.push(await rateOf(folder, pngItems, embedder, pngItems.length));
      plain.push(await rateOf(folder, items.slice(0, PLAIN_FACES), embedder, 1));
      const [jpeg, png, single] = [ours, ofPng, plain].map((rates) => rates[round].toFixed(0));
      note(`round ${round + 1}: ${jpeg} faces/s, from PNG ${png}, one at a time ${single}`);
    }
    const [median, baseline] = [medianOf(ours), medianOf(plain)];
    return {
      name: 'enrol',
      median,
      unit: 'faces/s',
      medianFromPng: medianOf(ofPng),
      baseline: { name: 'the same, one file at a time', median: baseline },
      ratio: median / baseline,
      partsMs: await timeParts(folder, items.slice(0, PART_FACES), embedder),
      full: full && (await timeFull(folder, full.folder, full.finder, embedder)),
      peakRssMb: process.resourceUsage().maxRSS / 1024,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Smooth noise, as JPEG and as PNG: it decodes and compresses much as a small face does that was enlarged to the template. */
async function writeCrops(folder: string, faces: number): Promise<void> {
  for (const format of ['jpg', 'png']) await mkdir(join(folder, format));
  for (let number = 0; number < faces; number++) {
    const rng = Rng.seeded(SEED, number);
    const small: RgbImage = {
      width: 28,
      height: 28,
      data: Uint8Array.from({ length: 28 * 28 * 3 }, () => rng.int(256)),
    };
    const crop = resizeBicubic(small, SIDE_PX, SIDE_PX);
    await writeFile(join(folder, 'jpg', `${number}.jpg`), await encodeJpeg(crop, JPEG_QUALITY));
    await writeFile(join(folder, 'png', `${number}.png`), await encodePng(crop));
  }
}

async function itemsOf(folder: string): Promise<readonly SourceItem[]> {
  const { items } = await listFolderTree(folder, { subjects: 'none' });
  return items;
}

/** Faces per second of an enrolment into a new gallery, so many files an import. */
async function rateOf(
  folder: string,
  items: readonly SourceItem[],
  embedder: CropEmbedder,
  filesPerImport: number,
): Promise<number> {
  return withGallery(folder, async (gallery) => {
    const startedMs = performance.now();
    for (let first = 0; first < items.length; first += filesPerImport) {
      const some = items.slice(first, first + filesPerImport);
      const root = `${folder}/${first}`;
      const request = { kind: 'folder', root, items: some, finder: null, embedders: [embedder] } as const;
      await enrol(gallery, request, SILENT);
    }
    return (items.length * 1000) / (performance.now() - startedMs);
  });
}

/** It stays until all is measured: a file system that has just removed thousands of files makes new ones more slowly. */
async function withGallery<Result>(
  folder: string,
  work: (gallery: Gallery) => Promise<Result>,
): Promise<Result> {
  const gallery = Gallery.create(join(folder, `${randomUUID()}.gallery`), ACTING);
  try {
    return await work(gallery);
  } finally {
    gallery.close();
  }
}

async function timeParts(
  folder: string,
  items: readonly SourceItem[],
  embedder: CropEmbedder,
): Promise<Record<Part, number>> {
  const perFace = async <Value>(work: () => Promise<Value>): Promise<{ ms: number; value: Value }> => {
    const startedMs = performance.now();
    const value = await work();
    return { ms: (performance.now() - startedMs) / items.length, value };
  };
  const each = <From, To>(all: readonly From[], work: (one: From) => To | Promise<To>) =>
    perFace(async () => {
      const results: To[] = [];
      for (const one of all) results.push(await work(one));
      return results;
    });
  const read = await each(items, ({ path }) => readFile(path));
  const digest = await each(read.value, (bytes) => createHash('sha256').update(bytes).digest());
  const decode = await each(read.value, (bytes) => embedder.decode(bytes, 'a crop'));
  const judge = await each(decode.value, assessCrop);
  const encode = await each(decode.value, encodePng);
  const embed = await perFace(() => embedder.embed(decode.value));
  const crops = await withGallery(folder, (gallery) => perFace(() => gallery.crops.putAll(read.value)));
  return {
    read: read.ms,
    digest: digest.ms,
    decode: decode.ms,
    judge: judge.ms,
    embed: embed.ms,
    crops: crops.ms,
    'encode as PNG': encode.ms,
  };
}

async function timeFull(
  folder: string,
  source: string,
  finder: FaceFinder,
  embedder: CropEmbedder,
): Promise<EnrolBenchResult['full']> {
  const items = await itemsOf(source);
  const findMs: number[] = [];
  for (const item of items.slice(0, PART_FACES)) {
    const picture = await readPicture(item, embedder);
    const startedMs = performance.now();
    await findFaces(finder, picture);
    findMs.push(performance.now() - startedMs);
  }
  return withGallery(folder, async (gallery) => {
    const startedMs = performance.now();
    const request = { kind: 'folder', root: source, items, finder, embedders: [embedder] } as const;
    const { faces } = await enrol(gallery, request, SILENT);
    const wholeMs = (performance.now() - startedMs) / items.length;
    return {
      images: items.length,
      faces,
      imagesPerSecond: 1000 / wholeMs,
      findMs: medianOf(findMs),
      wholeMs,
    };
  });
}

async function readPicture({ path, name }: SourceItem, { decode }: CropEmbedder): Promise<RgbImage> {
  return decode(await readFile(path), name);
}
