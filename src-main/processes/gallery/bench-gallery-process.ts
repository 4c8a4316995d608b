// Benchmark of a real gallery file in the real gallery process: opening to first answer, memory, searches, adding to found.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, open as openFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgressToken } from '../../common/progress.ts';
import { medianOf } from '../../common/statistics.ts';
import { readEmbeddings } from '../../gallery/db/queries/embedding-slices.ts';
import { activeSpace, type Space } from '../../gallery/db/queries/spaces.ts';
import { Gallery } from '../../gallery/gallery.ts';
import { DATABASE_NAME } from '../../gallery/gallery-folder.ts';
import { benchVector, fillBenchGallery } from '../../gallery/search/bench-gallery.ts';
import type { FaceFilter } from '../../gallery/search/face-filter.ts';
import type { AnswerKind } from '../../gallery/search/gallery-index.ts';
import type { Encoding } from '../../gallery/search/layout.ts';
import { launchInNode } from '../launcher.ts';
import type { Client } from '../rpc/client.ts';
import { GALLERY_PROGRAM } from './gallery-program.ts';
import type { GalleryService } from './gallery-service.ts';

const DIMENSION = 512;
const SEED = 1;
const COUNT = 10;
const ADDED_FACES = 10;
const WARM_UPS = 2;
const PINGS = 200;
const ACTING = { actor: 'bench', now: Date.now };
/** Beyond every number that a bench gallery's faces have. */
const FIRST_ADDED = 1_000_000_000;

export interface GalleryBenchOptions {
  readonly faces: number;
  readonly rounds: number;
  /** A gallery that a bench has kept, or where to keep one; null makes one and removes it. */
  readonly folder: string | null;
  readonly encoding: Encoding;
}

export interface GalleryBench {
  readonly faces: number;
  readonly encoding: Encoding;
  /** From the call that opens the gallery to the first answer of a search. */
  readonly firstAnswerMs: number;
  /** Every embedding read and checked, and nothing done with it: what opening cannot be faster than on one thread. */
  readonly baseline: { readonly name: string; readonly median: number };
  /** What the process grew by, over faces × 512 × 4 bytes. */
  readonly residentShare: number;
  /** Median of whole calls, with their entry in the audit log on the disk. */
  readonly searchMs: Readonly<Record<AnswerKind, number>>;
  readonly cameraFilterMs: number;
  readonly weakFilterMs: number;
  /** From the call that enrols a face (its crop and rows on the disk) to its end, when searches find it. */
  readonly addedMs: number;
  /** The same with the search that finds it. */
  readonly addedFoundMs: number;
  /** Of trivial calls while searches run. */
  readonly trivialCallP99Ms: number;
}

export interface OpenBenchGallery {
  readonly client: Client<GalleryService>;
  readonly gallery: number;
  readonly firstAnswerMs: number;
  readonly grownBytes: number;
  search(by: AnswerKind, number: number, filter?: FaceFilter): Promise<number>;
}

export async function benchGalleryProcess(
  options: GalleryBenchOptions,
  progress: ProgressToken,
): Promise<GalleryBench> {
  const { faces, rounds, encoding } = options;
  return withBenchGallery(options, progress, async (open, folder) => {
    const time = async (by: AnswerKind, filter: FaceFilter = {}): Promise<number> => {
      for (let round = 0; round < WARM_UPS; round++) await timeSearch(open, by, filter);
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) times.push(await timeSearch(open, by, filter));
      return medianOf(times);
    };
    const measured = {
      searchMs: { face: await time('face'), track: await time('track'), subject: await time('subject') },
      cameraFilterMs: await time('track', { camera: 'camera 3' }),
      weakFilterMs: await time('track', { leastWeight: 0.3 }),
      trivialCallP99Ms: await timeTrivialCalls(open),
      ...(await timeAdding(open)),
    };
    await open.client.call('close', { gallery: open.gallery });
    return {
      faces,
      encoding,
      firstAnswerMs: open.firstAnswerMs,
      baseline: { name: 'every embedding read and checked', median: timeReading(folder) },
      residentShare: open.grownBytes / (4 * DIMENSION * faces),
      ...measured,
    };
  });
}

/** Runs work on a bench gallery that a gallery process has opened and answered from once. */
export async function withBenchGallery<Result>(
  { faces, folder, encoding }: Omit<GalleryBenchOptions, 'rounds'>,
  progress: ProgressToken,
  work: (open: OpenBenchGallery, folder: string) => Promise<Result>,
): Promise<Result> {
  const temporary = folder === null ? await mkdtemp(join(tmpdir(), 'glimpse-bench-')) : null;
  const path = folder ?? join(temporary as string, 'bench.gallery');
  const service = launchInNode<GalleryService>(GALLERY_PROGRAM);
  try {
    if (!existsSync(join(path, DATABASE_NAME))) await makeGallery(path, faces, progress);
    return await work(await openBenchGallery(service.client, path, encoding), path);
  } finally {
    await service.stop();
    if (temporary !== null) await rm(temporary, { recursive: true, force: true });
  }
}

async function makeGallery(path: string, faces: number, progress: ProgressToken): Promise<void> {
  const gallery = Gallery.create(path, ACTING);
  try {
    fillBenchGallery(gallery, { faces, dimension: DIMENSION, seed: SEED }, progress);
  } finally {
    gallery.close();
  }
  // What the system still has to write to the disk would take processor time from the opening.
  const file = await openFile(join(path, DATABASE_NAME), 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function openBenchGallery(
  client: Client<GalleryService>,
  folder: string,
  encoding: Encoding,
): Promise<OpenBenchGallery> {
  const before = await client.call('hello', null);
  const startedMs = performance.now();
  const { gallery } = await client.call('open', { folder, actor: 'bench', encoding });
  const { spaces } = await client.call('overview', { gallery });
  const space = spaces.find(({ isActive }) => isActive) as Space;
  const search = async (by: AnswerKind, number: number, filter: FaceFilter = {}): Promise<number> => {
    const probe = { faces: [], crops: [], vectors: [benchVector(SEED, number, DIMENSION)], space };
    const request = { gallery, by, count: COUNT, threshold: null, filter };
    const { results } = await client.call('search', { ...request, probe: { kind: 'embedded', probe } });
    return results[0]?.faceId ?? 0;
  };
  await search('track', 0);
  const firstAnswerMs = performance.now() - startedMs;
  const { residentBytes } = await client.call('hello', null);
  return { client, gallery, firstAnswerMs, grownBytes: residentBytes - before.residentBytes, search };
}

/** Milliseconds of one search for a face that is enrolled. */
export async function timeSearch(
  { search }: OpenBenchGallery,
  by: AnswerKind,
  filter: FaceFilter = {},
): Promise<number> {
  const startedMs = performance.now();
  await search(by, 1, filter);
  return performance.now() - startedMs;
}

async function timeTrivialCalls(open: OpenBenchGallery): Promise<number> {
  let isDone = false;
  const searching = (async () => {
    while (!isDone) await open.search('track', 1);
  })();
  const times: number[] = [];
  for (let ping = 0; ping < PINGS; ping++) {
    const startedMs = performance.now();
    await open.client.call('hello', null);
    times.push(performance.now() - startedMs);
  }
  isDone = true;
  await searching;
  times.sort((left, right) => left - right);
  return times[Math.floor(0.99 * times.length)];
}

/** Each new face must be the best answer to its own vector. */
async function timeAdding(open: OpenBenchGallery): Promise<Pick<GalleryBench, 'addedMs' | 'addedFoundMs'>> {
  const { client, gallery } = open;
  const { spaces } = await client.call('overview', { gallery });
  const active = spaces.filter(({ isActive }) => isActive);
  const first = FIRST_ADDED + Math.floor(Date.now() / 1000) * 100;
  const items = Array.from({ length: ADDED_FACES }, (_, at) => ({ name: `${first + at}`, item: {} }));
  const start = { kind: 'bench', root: `${first}`, items, asCrops: true };
  const begun = await client.call('beginEnrolment', {
    gallery,
    ...start,
    spaces: active.map((key) => ({ space: key, profile: null })),
  });
  const { importId } = begun;
  const [addedMs, addedFoundMs]: number[][] = [[], []];
  for (let position = 0; position < ADDED_FACES; position++) {
    const number = first + position;
    const outcomes = [{ ...addedPicture(number, active[0]), position }];
    const startedMs = performance.now();
    await client.call('enrol', { gallery, importId, spaces: begun.spaces, outcomes });
    addedMs.push(performance.now() - startedMs);
    const faceId = await open.search('face', number);
    addedFoundMs.push(performance.now() - startedMs);
    const [face] = await client.call('facesById', { gallery, ids: [faceId] });
    if (face?.sourcePath !== `${number}.png`) throw new Error('an added face was not found by itself');
  }
  await client.call('finishEnrolment', { gallery, importId, spaces: begun.spaces });
  return { addedMs: medianOf(addedMs), addedFoundMs: medianOf(addedFoundMs) };
}

function addedPicture(number: number, space: Space) {
  const text = `${number}`;
  const vector = benchVector(SEED, number, DIMENSION);
  return {
    kind: 'read',
    source: {
      sha256: createHash('sha256').update(text).digest(),
      path: `${text}.png`,
      kind: 'crop',
      width: 112,
      height: 112,
    },
    subject: null,
    camera: 'camera 1',
    capturedAt: number * 1000,
    tags: [],
    track: null,
    faces: [
      {
        box: { x: 0, y: 0, width: 112, height: 112 },
        landmarks: null,
        sizePx: 16,
        sharpness: 100,
        turn: null,
        rollDegrees: null,
        detectionScore: null,
        weight: 0.5,
        reasons: [],
        cropFile: Buffer.from(text),
        embeddings: [[space.id, vector]] as const,
        isNamed: false,
      },
    ],
  } as const;
}

function timeReading(folder: string): number {
  const gallery = Gallery.open(folder, ACTING);
  try {
    const space = activeSpace(gallery.database, 'lr') as Space;
    const startedMs = performance.now();
    for (const _ of readEmbeddings(gallery.database, space));
    return performance.now() - startedMs;
  } finally {
    gallery.close();
  }
}
