// Imports of pictures that a person has chosen: begun from their names, gone on with, listed while they are unfinished.

import type { LeftOut } from '../../datasets/entries.ts';
import {
  countItems,
  type ImportRecord,
  listImports,
  unfinishedImports,
} from '../../gallery/db/queries/imports.ts';
import {
  beginEnrolment,
  isOfPictures,
  type ResumedEnrolment,
  resumeEnrolment,
} from '../../gallery/enrol/enrolment.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { describePictureSource, readPictureSource } from '../enrolment/picture-sources.ts';
import { beginFrames } from '../frames/enrol-frames-job.ts';
import { openFramesOrigin } from '../frames/open-origin.ts';
import type {
  BegunSource,
  FramesBegin,
  FramesBegun,
  SourceStart,
  UnfinishedImport,
} from './enrolment-service.ts';

/** Lists the source here, so that a million names need not cross from another process. */
export async function beginSource(gallery: Gallery, start: SourceStart): Promise<BegunSource> {
  const { paths, asCrops, spaces, resumes, ...options } = start;
  const known = resumes ? resumeSource(gallery, paths, asCrops) : null;
  if (known !== null) return { ...known, leftOut: await leftOutOf(start) };
  const { kind, root, list } = await readPictureSource(paths, options);
  const items = list.items.map((item) => ({ name: item.name, item }));
  const begun = beginEnrolment(gallery, { kind, root, items, asCrops, spaces });
  return { ...begun, root, asCrops, files: items.length, leftOut: list.leftOut };
}

/** Null for a video that is enrolled already. */
export async function beginFramesOf(gallery: Gallery, begin: FramesBegin): Promise<FramesBegun | null> {
  const { path, camera, leastChange, spaces, ...options } = begin;
  const { origin, startedAtMs, leftOut, notes } = await openFramesOrigin(path, options);
  const begun = beginFrames(gallery, { origin, camera, startedAtMs, leastChange, spaces });
  if (begun === null) return null;
  const { files, ...rest } = begun;
  const video = origin.kind === 'video' ? { ...origin, startedAtMs } : null;
  const count = origin.kind === 'video' ? origin.frames && Math.ceil(origin.frames / origin.everyNth) : null;
  const kept = rest.start.lastKept;
  const lastKept = files === null || kept === null ? null : { ...files[kept], position: kept };
  return { ...rest, leftOut, notes, lastKept, frames: files === null ? count : files.length, video };
}

function resumeSource(gallery: Gallery, paths: readonly string[], asCrops: boolean): ResumedEnrolment | null {
  const [unfinished] = unfinishedImports(gallery.database, describePictureSource(paths)).filter(
    (record) => isOfPictures(record) && (record.options as { asCrops: boolean }).asCrops === asCrops,
  );
  return unfinished === undefined ? null : resumeEnrolment(gallery, unfinished.id);
}

/** Of a source that is no longer there, nothing can be said. */
async function leftOutOf({ paths, ...options }: SourceStart): Promise<readonly LeftOut[]> {
  return readPictureSource(paths, options).then(
    ({ list }) => list.leftOut,
    () => [],
  );
}

/** Newest first. */
export function unfinishedPictures({ database }: Gallery): UnfinishedImport[] {
  const isUnfinished = (record: ImportRecord): boolean => record.state !== 'done' && isOfPictures(record);
  return listImports(database)
    .filter(isUnfinished)
    .reverse()
    .map(({ id, kind, root, options, startedAt }) => ({
      ...countItems(database, id),
      ...{ importId: id, kind, root, startedAt, files: (options as { files: number }).files },
    }));
}
