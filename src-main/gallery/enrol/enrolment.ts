// The start and the end of an enrolment: what is to be enrolled is written down, and the space answers once it is whole.

import { ensure } from '../../common/errors.ts';
import {
  beginImport,
  countItems,
  failedItems,
  findUnfinished,
  type ImportCounts,
  type ImportRecord,
  importById,
} from '../db/queries/imports.ts';
import { listSpaces, type Space } from '../db/queries/spaces.ts';
import type { Gallery } from '../gallery.ts';
import { closeImport, openSpaces, refuseOtherSpace, type WantedSpace } from './import-spaces.ts';

export interface EnrolmentStart {
  /** What kind of source, and where: an unfinished import of the same is gone on with. */
  readonly kind: string;
  readonly root: string;
  readonly items: readonly { readonly name: string; readonly item: unknown }[];
  readonly asCrops: boolean;
  /** One per side that is filled, with the profile that it is embedded with. */
  readonly spaces: readonly WantedSpace[];
}

export interface BegunEnrolment {
  readonly importId: number;
  /** In the order of those asked for. */
  readonly spaces: readonly Space[];
  /** Files that an earlier sitting had done already. */
  readonly resumedAt: number;
}

export interface EnrolmentReport extends ImportCounts {
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

/** What is written down of an import of pictures. */
interface PictureOptions {
  readonly asCrops: boolean;
  readonly spaces: readonly number[];
  readonly files: number;
}

export interface ResumedEnrolment extends BegunEnrolment {
  readonly root: string;
  readonly files: number;
  readonly asCrops: boolean;
}

/** Throws `bad-usage` where the gallery's searches are answered by another space than one of these. */
export function beginEnrolment(gallery: Gallery, start: EnrolmentStart): BegunEnrolment {
  const spaces = openSpaces(gallery, start.spaces);
  const importId = openImport(gallery, start, spaces);
  return { importId, spaces, resumedAt: start.items.length - countItems(gallery.database, importId).todo };
}

/** Goes on with the list of an unfinished import of pictures. Throws as `beginEnrolment`, and `not-found`. */
export function resumeEnrolment(gallery: Gallery, importId: number): ResumedEnrolment {
  const { root, options } = unfinishedPictures(gallery, importId);
  const { files, asCrops } = options;
  const spaces = spacesOfImport(gallery, importId);
  for (const space of spaces) refuseOtherSpace(gallery, space);
  gallery.change(() => gallery.record('enrolment.resumed', { importId }));
  const { todo } = countItems(gallery.database, importId);
  return { importId, spaces, resumedAt: files - todo, root, files, asCrops };
}

/** Ends an unfinished import of pictures as it is; what was not read is left. */
export function endEnrolment(gallery: Gallery, importId: number): ImportCounts {
  return closeImport(gallery, importId, spacesOfImport(gallery, importId));
}

/** Whether it is of pictures: those of frames are linked at their end. */
export function isOfPictures({ options }: ImportRecord): boolean {
  return typeof (options as Partial<PictureOptions> | null)?.asCrops === 'boolean';
}

function unfinishedPictures(
  { database, name }: Gallery,
  importId: number,
): { readonly root: string; readonly options: PictureOptions } {
  const record = importById(database, importId);
  ensure(
    record !== null && record.state !== 'done' && isOfPictures(record),
    'not-found',
    `${name} has no unfinished import ${importId} of pictures`,
  );
  return { root: record.root, options: record.options as PictureOptions };
}

function spacesOfImport(gallery: Gallery, importId: number): Space[] {
  const { spaces } = unfinishedPictures(gallery, importId).options;
  const all = listSpaces(gallery.database);
  return spaces.map((id) => {
    const space = all.find((each) => each.id === id);
    ensure(space !== undefined, 'not-found', `${gallery.name} no longer has the space ${id} of this import`);
    return space;
  });
}

/** Ends an import whose files are all settled. */
export function finishEnrolment(
  gallery: Gallery,
  importId: number,
  spaces: readonly Pick<Space, 'id' | 'side'>[],
): EnrolmentReport {
  const counts = closeImport(gallery, importId, spaces);
  return { ...counts, failures: failedItems(gallery.database, importId) };
}

function openImport(gallery: Gallery, start: EnrolmentStart, spaces: readonly Space[]): number {
  const { kind, root, asCrops, items } = start;
  const options: PictureOptions = { asCrops, spaces: spaces.map(({ id }) => id), files: items.length };
  const unfinished = findUnfinished(gallery.database, { kind, root, options });
  return gallery.change(() => {
    if (unfinished !== null) {
      gallery.record('enrolment.resumed', { importId: unfinished.id });
      return unfinished.id;
    }
    const id = beginImport(gallery.database, { kind, root, options }, items, gallery.acting.now());
    // Not the root: a folder's name may be a person's, and the log is never purged.
    gallery.record('enrolment.started', { importId: id, kind, ...options });
    return id;
  });
}
