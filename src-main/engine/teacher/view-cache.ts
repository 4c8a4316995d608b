// The teacher's embeddings and the degraded pixels of every view of every face, made once and kept on disk.

import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '../../common/assert.ts';
import { ensure } from '../../common/errors.ts';
import { sha256, writeFileAtomically } from '../../common/files.ts';
import type { ProgressToken, StageProgress } from '../../common/progress.ts';
import { datasetCacheFolder } from '../../datasets/dataset-cache.ts';
import { asFaceSource, type FaceSource, type FileList } from '../../datasets/face-source.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { BicubicResizer, resizeBicubic } from '../../imaging/resample.ts';
import { PLAIN_VIEWS, renderView, type ViewRecipe } from '../../imaging/views.ts';
import type { Teacher } from './onnx-teacher.ts';
import { embeddingKey, type TeacherCard } from './teacher-card.ts';

/** Aligned faces are this wide; others are resampled to it when they are read. */
export const ALIGNED_SIZE_PX = 112;
const FACES_PER_BATCH = 64;
const LARGEST_VIEW_BYTES = 2 ** 31 - 1;

/** What one view of N faces holds. */
export interface View {
  /** N × D unit teacher embeddings of the full-resolution view; empty without a teacher. */
  readonly embeddings: Float32Array;
  /** N × r × r × 3 bytes: the same view, degraded. */
  readonly pixels: Uint8Array;
}

export interface ViewRequest {
  readonly dataset: FileList | FaceSource;
  readonly fingerprint: string;
  /** Null makes the pixels alone. */
  readonly teacher: Teacher | null;
  readonly recipe: ViewRecipe;
  /** V of aird-method.md: V − 1 jittered views stand beside the plain face and its mirror image. */
  readonly teacherViews: number;
  /** False makes the plain view alone. Default true. */
  readonly mirrored?: boolean;
  /** r: side of the degraded face in pixels. */
  readonly resolutionPx: number;
  readonly cacheFolder: string;
}

/** What tells where views lie: of the teacher its card. */
export type ViewPlace = Omit<ViewRequest, 'teacher'> & { readonly teacher: Pick<Teacher, 'card'> | null };

/** How many views the teacher has still to look at; 0 without one. */
export async function countViewsToEmbed(request: ViewPlace): Promise<number> {
  let count = 0;
  for (let view = 0; view < viewCount(request); view++) if (!(await hasEmbeddings(request, view))) count++;
  return count;
}

/**
 * Views 0 (plain), 1 (mirrored) and V − 1 jittered ones. Each view is a pair of files of its own,
 * so that asking for more views, or another resolution, adds to what is there.
 */
export async function ensureViews(request: ViewRequest, progress: ProgressToken): Promise<View[]> {
  const count = viewCount(request);
  const faces = facesOf(request);
  refuseTooLarge(faces, request.resolutionPx);
  const missing: number[] = [];
  for (let view = 0; view < count; view++) if (!(await isComplete(request, view))) missing.push(view);
  if (missing.length > 0) {
    const name = request.teacher === null ? 'views' : 'teacher views';
    const stage = progress.stage(name, count * faces, 'faces', (count - missing.length) * faces);
    for (const view of missing) await makeView(request, view, stage, progress);
  }
  const views: View[] = [];
  for (let view = 0; view < count; view++) views.push(await readView(request, view));
  return views;
}

function viewCount({ mirrored, teacherViews }: ViewPlace): number {
  return mirrored === false ? 1 : PLAIN_VIEWS + teacherViews - 1;
}

/** A view is read into memory in one piece. */
function refuseTooLarge(faces: number, resolutionPx: number): void {
  const bytes = faces * resolutionPx ** 2 * 3;
  ensure(
    bytes <= LARGEST_VIEW_BYTES,
    'unsupported',
    `${faces} faces of ${resolutionPx}×${resolutionPx} pixels are ${(bytes / 2 ** 30).toFixed(1)} GiB a view, ` +
      'and a view holds at most 2: train at a lower --resolution, or on fewer faces',
  );
}

function facesOf({ dataset }: ViewPlace): number {
  return asFaceSource(dataset).names.length;
}

function filesOf(request: ViewPlace, view: number): { embeddings: string | null; pixels: string } {
  const { recipe, fingerprint, teacher, resolutionPx, cacheFolder } = request;
  const name =
    view < PLAIN_VIEWS ? `plain-${view}` : `view-${sha256(JSON.stringify(recipe)).slice(0, 12)}-${view}`;
  const folder = datasetCacheFolder(cacheFolder, fingerprint);
  return {
    embeddings: teacher && join(folder, teacherFolder(teacher.card), `${name}.f32`),
    pixels: join(folder, `pixels-${resolutionPx}`, `${name}.u8`),
  };
}

function teacherFolder(card: TeacherCard): string {
  return `teacher-${embeddingKey(card)}`;
}

/**
 * The teacher's embeddings of a few plain faces, read from the cache of a dataset of `faces` faces without the rest of
 * it; null where the cache does not hold them.
 */
export async function readPlainEmbeddings(
  cacheFolder: string,
  fingerprint: string,
  card: TeacherCard,
  faces: number,
  wanted: readonly number[],
): Promise<Float32Array[] | null> {
  const folder = join(datasetCacheFolder(cacheFolder, fingerprint), teacherFolder(card));
  const path = join(folder, 'plain-0.f32');
  const rowBytes = card.embeddingSize * 4;
  if (!(await hasSize(path, faces * rowBytes))) return null;
  const file = await open(path, 'r');
  try {
    const rows: Float32Array[] = [];
    for (const face of wanted) {
      const row = new Float32Array(card.embeddingSize);
      const { bytesRead } = await file.read(new Uint8Array(row.buffer), 0, rowBytes, face * rowBytes);
      assert(bytesRead === rowBytes, 'a file whose size was just checked ended early');
      rows.push(row);
    }
    return rows;
  } finally {
    await file.close();
  }
}

async function isComplete(request: ViewPlace, view: number): Promise<boolean> {
  return (await hasEmbeddings(request, view)) && (await hasPixels(request, view));
}

async function hasEmbeddings(request: ViewPlace, view: number): Promise<boolean> {
  const { embeddings } = filesOf(request, view);
  if (request.teacher === null || embeddings === null) return true;
  return hasSize(embeddings, facesOf(request) * request.teacher.card.embeddingSize * 4);
}

function hasPixels(request: ViewPlace, view: number): Promise<boolean> {
  const bytes = facesOf(request) * request.resolutionPx ** 2 * 3;
  return hasSize(filesOf(request, view).pixels, bytes);
}

/** False for a file that is absent or was cut off. */
async function hasSize(path: string, bytes: number): Promise<boolean> {
  return (await stat(path).catch(() => null))?.size === bytes;
}

async function readView(request: ViewRequest, view: number): Promise<View> {
  const files = filesOf(request, view);
  const pixels = await readFile(files.pixels);
  if (files.embeddings === null) return { embeddings: new Float32Array(0), pixels };
  const { buffer, byteOffset, byteLength } = await readFile(files.embeddings);
  return { embeddings: new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)), pixels };
}

/** Draws the next batch of faces while the teacher embeds the last one. */
async function makeView(
  request: ViewRequest,
  view: number,
  stage: StageProgress,
  progress: ProgressToken,
): Promise<void> {
  const { dataset, teacher, resolutionPx } = request;
  const files = filesOf(request, view);
  const faces = facesOf(request);
  const source = asFaceSource(dataset);
  const asked = (await hasEmbeddings(request, view)) ? null : teacher;
  const embeddingSize = asked?.card.embeddingSize ?? 0;
  const embeddings = new Float32Array(faces * embeddingSize);
  const pixels = new Uint8Array(faces * resolutionPx ** 2 * 3);
  const degrade = new BicubicResizer(square(ALIGNED_SIZE_PX), square(resolutionPx));
  let embedding: Promise<void> = Promise.resolve();
  try {
    for (let first = 0; first < faces; first += FACES_PER_BATCH) {
      progress.throwIfCancelled();
      const indices = range(first, Math.min(first + FACES_PER_BATCH, faces));
      const drawn = (await Promise.all(indices.map((index) => readAlignedFace(source, index)))).map(
        (face, offset) => renderView(face, request.recipe, first + offset, view),
      );
      drawn.forEach((face, offset) => {
        pixels.set(degrade.resize(face).data, (first + offset) * resolutionPx ** 2 * 3);
      });
      await embedding;
      if (asked !== null) {
        embedding = asked.embed(drawn).then((rows) => {
          rows.forEach((row, offset) => {
            embeddings.set(row, (first + offset) * embeddingSize);
          });
        });
        // It is awaited one batch later; until then a failure must not count as unhandled.
        embedding.catch(() => {});
      }
      stage.advance(indices.length);
    }
  } finally {
    // Also when a face fails or the work is cancelled: the teacher must not be disposed of under a running batch.
    await embedding;
  }
  if (asked !== null && files.embeddings !== null)
    await writeFileAtomically(files.embeddings, new Uint8Array(embeddings.buffer));
  await writeFileAtomically(files.pixels, pixels);
}

/** One face of the dataset at the aligned size. Throws `bad-image`. */
export async function readAlignedFace(dataset: FileList | FaceSource, index: number): Promise<RgbImage> {
  const face = await asFaceSource(dataset).read(index);
  return resizeBicubic(face, ALIGNED_SIZE_PX, ALIGNED_SIZE_PX);
}

function square(size: number): { width: number; height: number } {
  return { width: size, height: size };
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, offset) => first + offset);
}
