// A gallery as a package: CSV to read, JSON lines to import again, embeddings as .npy, crops. Page by page.

import { ensure, GlimpseError } from '../../common/errors.ts';
import { npyHeader } from '../../common/npy.ts';
import type { ProgressToken, StageProgress } from '../../common/progress.ts';
import type { CropStore } from '../../gallery/db/crops.ts';
import { listCameras } from '../../gallery/db/queries/cameras.ts';
import { countFaces } from '../../gallery/db/queries/faces.ts';
import { type CountedSpace, listSpaces } from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import {
  type FaceWithNames,
  readCropDigests,
  readFaces,
  readProfiles,
  readSources,
  readSubjects,
  readTracks,
  readVectors,
} from '../../gallery/transfer/read-rows.ts';
import type { GalleryHeader } from '../../gallery/transfer/rows.ts';
import { csvLine } from '../../reports/csv.ts';
import { type Direction, type MeasuredMeaning, readMeaning } from '../search/measured-meaning.ts';
import {
  CSV_NAME,
  cropPath,
  FACES_NAME,
  HEADER_NAME,
  SOURCES_NAME,
  SUBJECTS_NAME,
  TRACKS_NAME,
  vectorFacesPath,
  vectorsPath,
} from './gallery-files.ts';
import { MOST_ZIP_FILES } from './package-sinks.ts';
import {
  ensureFree,
  isZipPath,
  type PackageOptions,
  type PackageReport,
  type PackageWriter,
  writePackage,
} from './package-writer.ts';

const FORMAT = 'glimpse-gallery';
/** Files beside crops and embeddings. */
const OTHER_FILES = 20;

export interface GalleryExportReport extends PackageReport {
  readonly faces: number;
}

/** To a folder, or to one file where `target` ends in .zip. Cases, undo records and the audit log stay with the gallery. */
export async function exportGallery(
  gallery: Gallery,
  target: string,
  { force }: { readonly force: boolean },
  progress: ProgressToken,
): Promise<GalleryExportReport> {
  await beginGalleryExport(gallery, target, { force });
  return writeGalleryExport(gallery, target, { force }, progress);
}

/** Refuses what cannot be, before anything is written, and writes into the log that an export begins. */
export async function beginGalleryExport(
  gallery: Gallery,
  target: string,
  { force }: { readonly force: boolean },
): Promise<void> {
  await ensureFree(target, { format: FORMAT, force });
  const { database } = gallery;
  const crops = countCrops(gallery);
  const spaces = listSpaces(database).length;
  ensure(
    !isZipPath(target) || crops + 2 * spaces + OTHER_FILES <= MOST_ZIP_FILES,
    'bad-usage',
    `${gallery.name} has ${crops} crops, and one .zip takes ${MOST_ZIP_FILES} files: export it to a folder`,
  );
  gallery.change(() => gallery.record('gallery.exported', { faces: countFaces(database), spaces }));
}

/** The writing alone: a connection that only reads can do it. */
export async function writeGalleryExport(
  gallery: Gallery,
  target: string,
  { force }: { readonly force: boolean },
  progress: ProgressToken,
): Promise<GalleryExportReport> {
  const { database } = gallery;
  const options: PackageOptions = { format: FORMAT, force, at: gallery.acting.now() };
  const spaces = listSpaces(database);
  const crops = countCrops(gallery);
  const faces = countFaces(database);
  const report = await writePackage(target, options, async (writer) => {
    const header = headerOf(gallery, spaces, options.at);
    await writer.add(HEADER_NAME, `${JSON.stringify(header, null, 1)}\n`);
    await writer.add(SUBJECTS_NAME, lines(readSubjects(database), progress));
    await writer.add(TRACKS_NAME, lines(readTracks(database), progress));
    await writer.add(SOURCES_NAME, lines(readSources(database), progress));
    const facesStage = progress.stage('exporting faces', 2 * faces, 'faces');
    await writer.add(FACES_NAME, lines(readFaces(database), progress, toLine, facesStage));
    await writer.add(CSV_NAME, csvOf(gallery, progress, facesStage));
    for (const space of spaces) await addSpace(writer, gallery, space, progress);
    const cropsStage = progress.stage('exporting crops', crops, 'crops');
    for (const digests of readCropDigests(database)) {
      progress.throwIfCancelled();
      const files = digests.map((digest) => ({
        path: cropPath(gallery.crops, digest),
        content: gallery.crops.read(digest),
      }));
      await writer.addAll(files);
      cropsStage.advance(files.length);
    }
  });
  return { ...report, faces };
}

function headerOf(gallery: Gallery, spaces: readonly CountedSpace[], at: number): GalleryHeader {
  const { database } = gallery;
  return {
    gallery: gallery.name,
    galleryId: database.prepare(`SELECT value FROM meta WHERE key = 'gallery-id'`).pluck().get() as string,
    exportedAt: new Date(at).toISOString(),
    counts: {
      subjects: count(gallery, 'SELECT count(*) FROM subjects'),
      tracks: count(gallery, 'SELECT count(*) FROM tracks'),
      sources: count(gallery, 'SELECT count(*) FROM sources'),
      faces: countFaces(database),
    },
    cameras: listCameras(database).map(({ name }) => name),
    profiles: readProfiles(database),
    spaces: spaces.map(({ id, ...space }) => ({ number: id, ...space })),
    meanings: spaces.flatMap(({ id: probeSpace }) =>
      spaces.flatMap(({ id: answerSpace }) => {
        const measured = usableMeaning(gallery, { probeSpace, answerSpace });
        if (measured === null || measured.isOld) return [];
        return [{ probeSpace, answerSpace, meaning: JSON.stringify(measured.meaning) }];
      }),
    ),
  };
}

/** One that an earlier version measured cannot be read any more; it is measured again, not exported. */
function usableMeaning(gallery: Gallery, direction: Direction): MeasuredMeaning | null {
  try {
    return readMeaning(gallery, direction);
  } catch (error) {
    if (error instanceof GlimpseError && error.code === 'bad-data') return null;
    throw error;
  }
}

/** The .npy of a space and of its faces' numbers: both headers say beforehand how many rows will come. */
async function addSpace(
  writer: PackageWriter,
  { database }: Gallery,
  space: CountedSpace,
  progress: ProgressToken,
): Promise<void> {
  const { id, dimension, embeddings } = space;
  const stage = progress.stage('exporting embeddings', 2 * embeddings, 'embeddings');
  function* vectors(): Generator<Buffer> {
    yield npyHeader('<f4', [embeddings, dimension]);
    for (const rows of readVectors(database, space)) {
      progress.throwIfCancelled();
      yield Buffer.concat(rows.map(({ bytes }) => bytes));
      stage.advance(rows.length);
    }
  }
  function* faces(): Generator<Buffer> {
    yield npyHeader('<i8', [embeddings]);
    for (const rows of readVectors(database, space)) {
      const numbers = BigInt64Array.from(rows, ({ faceId }) => BigInt(faceId));
      yield Buffer.from(numbers.buffer);
      stage.advance(rows.length);
    }
  }
  await writer.add(vectorsPath(id), vectors());
  await writer.add(vectorFacesPath(id), faces());
}

function* lines<Row>(
  pages: Iterable<readonly Row[]>,
  progress: ProgressToken,
  toLine: (row: Row) => object = (row) => row as object,
  stage: StageProgress | null = null,
): Generator<Buffer> {
  for (const rows of pages) {
    progress.throwIfCancelled();
    yield Buffer.from(rows.map((row) => `${JSON.stringify(toLine(row))}\n`).join(''));
    stage?.advance(rows.length);
  }
}

/** Names stand with the subject, the camera and the source. */
function toLine({
  subject: _subject,
  camera: _camera,
  path: _path,
  sourceSha256: _sha256,
  ...line
}: FaceWithNames): object {
  return line;
}

const CSV_COLUMNS = [
  ...[
    'face',
    'subject',
    'subject-known',
    'track',
    'camera',
    'captured-at',
    'tags',
    'size-px',
    'sharpness',
    'turn',
  ],
  ...['roll-degrees', 'detection-score', 'weight', 'reasons', 'path', 'sha256', 'frame', 'box-x', 'box-y'],
  ...['box-width', 'box-height', 'crop'],
];

function* csvOf(
  { database, crops }: Gallery,
  progress: ProgressToken,
  stage: StageProgress,
): Generator<Buffer> {
  yield Buffer.from(csvLine(CSV_COLUMNS));
  for (const faces of readFaces(database)) {
    progress.throwIfCancelled();
    yield Buffer.from(faces.map((face) => csvRow(face, crops)).join(''));
    stage.advance(faces.length);
  }
}

function csvRow(face: FaceWithNames, crops: CropStore): string {
  const { capturedAt } = face;
  return csvLine([
    face.id,
    face.subject,
    face.subject === null ? 'no' : 'yes',
    face.trackId,
    face.camera,
    capturedAt === null ? null : isoTime(capturedAt),
    face.tags.join(';'),
    face.sizePx,
    face.sharpness,
    face.turn,
    face.rollDegrees,
    face.detectionScore,
    face.weight,
    face.reasons.join(';'),
    face.path,
    face.sourceSha256,
    face.frameIndex,
    ...face.box,
    cropPath(crops, Buffer.from(face.crop, 'hex')),
  ]);
}

function isoTime(at: number): string | null {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function countCrops(gallery: Gallery): number {
  return count(gallery, 'SELECT count(DISTINCT crop) FROM faces');
}

function count({ database }: Gallery, sql: string): number {
  return database.prepare(sql).pluck().get() as number;
}
