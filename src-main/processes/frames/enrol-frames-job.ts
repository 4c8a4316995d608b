// Frames of one camera, from a folder or a video, into a gallery: faces first, window by window, then the tracks that they make.

import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { FrameFile } from '../../datasets/sources/frames.ts';
import { cameraId } from '../../gallery/db/queries/cameras.ts';
import { findSource } from '../../gallery/db/queries/faces.ts';
import {
  beginImport,
  failedItems,
  type ImportCounts,
  type ImportRecord,
  importById,
  listItems,
  unfinishedImports,
} from '../../gallery/db/queries/imports.ts';
import type { Space } from '../../gallery/db/queries/spaces.ts';
import {
  enrolFrames,
  type FrameItem,
  type FrameOutcome,
  NEAR_DUPLICATE,
} from '../../gallery/enrol/frames.ts';
import { closeImport, openSpaces, type WantedSpace } from '../../gallery/enrol/import-spaces.ts';
import { linkFrames, writeTracks } from '../../gallery/enrol/link-frames.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { TrackerOptions } from '../../gallery/tracking/face-tracker.ts';
import type { CropEmbedder } from '../enrolment/crop-embedder.ts';
import { toEnrolledFace } from '../enrolment/picture-faces.ts';
import { type FrameSource, folderSource, videoSource } from './frame-source.ts';
import { type FrameLooks, type FrameReading, type FrameStart, readWindows } from './frame-windows.ts';
import { trackerOptions } from './tracker-options.ts';

/** What is enrolled. An unfinished import of the same is gone on with. */
export type FramesOrigin =
  | { readonly kind: 'frames'; readonly folder: string; readonly files: readonly FrameFile[] }
  | {
      readonly kind: 'video';
      readonly path: string;
      readonly sha256: Buffer;
      readonly framesPerSecond: number;
      readonly frames: number | null;
      readonly everyNth: number;
    };

/** What an import of frames is known by, beside its source. */
export interface FramesStart {
  readonly origin: FramesOrigin;
  readonly camera: string | null;
  /** When the first frame was taken, milliseconds since 1970; null where nobody knows. */
  readonly startedAtMs: number | null;
  readonly leastChange: number;
  readonly spaces: readonly WantedSpace[];
}

export interface EnrolFramesRequest extends Omit<FramesStart, 'spaces'>, FrameLooks {
  readonly embedders: readonly CropEmbedder[];
}

/** An import of frames under way. */
export interface BegunFrames {
  readonly importId: number;
  readonly spaces: readonly Space[];
  readonly cameraId: number | null;
  /** Where the reading goes on. */
  readonly start: FrameStart;
  /** Frames that an earlier sitting had done already. */
  readonly resumedAt: number;
  /** Of a folder, as the import has written them down; null of a video. */
  readonly files: readonly FrameFile[] | null;
}

export interface EnrolFramesReport extends ImportCounts {
  readonly importId: number | null;
  /** Frames that an earlier sitting had done already. */
  readonly resumedAt: number;
  readonly frames: number;
  /** Frames that showed what the one before did: of `duplicate`, those that are no copies. */
  readonly nearDuplicates: number;
  readonly tracks: number;
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

/** What is written down of a request: an import goes on only under the same. */
interface StoredOptions {
  readonly request: object;
  readonly tracker: TrackerOptions;
}

/**
 * A cancelled or killed import keeps whole windows; the same request goes on from there and ends with the same tracks. Throws
 * `bad-usage` where an unfinished import of the same source had other options.
 */
export async function enrolFromFrames(
  gallery: Gallery,
  request: EnrolFramesRequest,
  progress: ProgressToken,
): Promise<EnrolFramesReport> {
  const begun = beginFrames(gallery, { ...request, spaces: request.embedders });
  if (begun === null) return alreadyEnrolled(request.origin);
  const { spaces } = begun;
  const source = sourceOf(request, begun);
  const stage = progress.stage('enrolling', source.frames ?? 0, 'frames', begun.resumedAt);
  for await (const window of readWindows(source, begun.start, request, progress)) {
    const outcomes = window.map((reading) => outcomeOf(reading, source.kind, spaces));
    await enrolFrames(gallery, begun, outcomes);
    stage.advance(window.length);
    progress.throwIfCancelled();
  }
  const report = await finishFrames(gallery, begun, progress);
  return { ...report, resumedAt: begun.resumedAt, notes: source.notes };
}

/** Null for a video that is enrolled already. Throws `bad-usage` where an unfinished import of the source had other options. */
export function beginFrames(gallery: Gallery, start: FramesStart): BegunFrames | null {
  const { database } = gallery;
  const { origin, camera } = start;
  const spaces = openSpaces(gallery, start.spaces);
  const unfinished = findUnfinished(gallery, start);
  if (unfinished === null && origin.kind === 'video' && findSource(database, origin.sha256) !== null)
    return null;
  const importId = unfinished?.id ?? begin(gallery, start, spaces[0]);
  if (unfinished !== null)
    gallery.change(() => gallery.record('enrolment.resumed', { importId: unfinished.id }));
  const cameraNumber = camera === null ? null : gallery.change(() => cameraId(database, camera));
  return { importId, spaces, cameraId: cameraNumber, ...whereItStands(gallery, origin, importId) };
}

/** Links the faces to tracks and ends the import; all its frames are settled. */
export async function finishFrames(
  gallery: Gallery,
  { importId, spaces }: Pick<BegunFrames, 'importId' | 'spaces'>,
  progress: ProgressToken,
): Promise<Omit<EnrolFramesReport, 'resumedAt' | 'notes'>> {
  const { database } = gallery;
  const record = importById(database, importId);
  ensure(record !== null, 'not-found', `${gallery.name} has no import ${importId}`);
  const { tracker } = record.options as StoredOptions;
  const tracks = await linkFrames(gallery, importId, spaces[0], tracker, progress);
  const counts = closeImport(gallery, importId, spaces, () => {
    writeTracks(gallery, importId, tracks);
    return { tracks: tracks.length };
  });
  const items = listItems(database, importId);
  return {
    importId,
    ...counts,
    frames: items.length,
    nearDuplicates: items.filter(({ reason }) => reason === NEAR_DUPLICATE).length,
    tracks: tracks.length,
    failures: failedItems(database, importId),
  };
}

/** The report of a video whose content is known. */
export function alreadyEnrolled(origin: FramesOrigin): EnrolFramesReport {
  const path = origin.kind === 'video' ? origin.path : origin.folder;
  return { ...NOTHING, duplicate: 1, notes: [`${path} is enrolled already (same content)`] };
}

/** The frames to read, as the import has written them down. */
function sourceOf(
  { origin, startedAtMs }: Pick<FramesStart, 'origin' | 'startedAtMs'>,
  { files }: BegunFrames,
): FrameSource {
  if (origin.kind === 'video') return videoSource(origin.path, { ...origin, startedAtMs });
  return folderSource(files ?? []);
}

const NOTHING: EnrolFramesReport = {
  ...{ importId: null, resumedAt: 0, frames: 0, nearDuplicates: 0, tracks: 0, failures: [], notes: [] },
  ...{ todo: 0, done: 0, duplicate: 0, 'no-face': 0, failed: 0, faces: 0 },
};

/** A video is known by its content, wherever it lies. */
function keyOf(origin: FramesOrigin): { kind: string; root: string } {
  if (origin.kind === 'video') return { kind: 'video', root: origin.sha256.toString('hex') };
  return { kind: 'frames', root: origin.folder };
}

function requestOf({ origin, camera, startedAtMs, leastChange, spaces }: FramesStart): object {
  const common = { camera, startedAtMs, leastChange, sides: spaces.map(({ space }) => space.side) };
  return origin.kind === 'video' ? { ...common, everyNth: origin.everyNth } : common;
}

function findUnfinished({ database }: Gallery, request: FramesStart): ImportRecord | null {
  const [unfinished] = unfinishedImports(database, keyOf(request.origin));
  if (unfinished === undefined) return null;
  const [stored, given] = [(unfinished.options as StoredOptions).request, requestOf(request)];
  ensure(
    JSON.stringify(stored) === JSON.stringify(given),
    'bad-usage',
    `an import of this source was not finished, with the options ${JSON.stringify(stored)}: ` +
      `go on with the same, not with ${JSON.stringify(given)}`,
  );
  return unfinished;
}

function begin(gallery: Gallery, request: FramesStart, space: Space): number {
  const { origin } = request;
  const key = keyOf(origin);
  const tracker = trackerOptions(gallery, space);
  const options = { request: requestOf(request), tracker } satisfies StoredOptions;
  const files = origin.kind === 'video' ? [] : origin.files;
  const list = files.map(({ path, name, timeMs, capturedAtMs }) => ({
    name,
    item: { path, timeMs, capturedAtMs } satisfies FrameItem,
  }));
  return gallery.change(() => {
    const id = beginImport(gallery.database, { ...key, options }, list, gallery.acting.now());
    // Neither folder nor camera: names may be a person's, and the log is never purged.
    gallery.record('enrolment.started', { importId: id, kind: key.kind, files: list.length });
    return id;
  });
}

/** How far an import is, and the frames of a folder as it has written them down. */
function whereItStands(
  { database }: Gallery,
  origin: FramesOrigin,
  importId: number,
): Pick<BegunFrames, 'start' | 'resumedAt' | 'files'> {
  const items = listItems(database, importId);
  const settled = items.filter(({ state }) => state !== 'todo');
  const kept = settled.findLast(({ state, reason }) => state !== 'failed' && reason !== NEAR_DUPLICATE);
  const position = (settled.at(-1)?.position ?? -1) + 1;
  const files = items.map(({ name, item }) => ({ ...EMPTY_ITEM, ...(item as FrameItem | null), name }));
  return {
    start: { position, lastKept: kept?.position ?? null },
    resumedAt: settled.length,
    files: origin.kind === 'video' ? null : files,
  };
}

/** Of a settled frame that a purge has emptied: it fails to load, and nobody needs it. */
const EMPTY_ITEM: FrameItem = { path: '', timeMs: 0, capturedAtMs: null };

/** As the gallery takes it. */
export function outcomeOf(
  reading: FrameReading,
  kind: FrameSource['kind'],
  spaces: readonly Pick<Space, 'id'>[],
): FrameOutcome {
  const { position, name, path, timeMs, capturedAtMs } = reading.frame;
  const about = { position, name, item: { path, timeMs, capturedAtMs } };
  if (reading.kind === 'near-duplicate') return { ...about, kind: 'near-duplicate' };
  if (reading.kind === 'failed') return { ...about, kind: 'failed', reason: reading.reason };
  const { sha256, width, height } = reading;
  const faces = reading.faces.map((face) => {
    const embeddings = new Map(spaces.map(({ id }, at) => [id, face.embeddings[at]]));
    return toEnrolledFace(face, embeddings, false);
  });
  return { ...about, kind: 'read', source: { sha256, path, kind, width, height }, faces };
}
