// The start and the end of an enrolment: what is to be enrolled is written down, and the space answers once it is whole.

import {
  beginImport,
  countItems,
  failedItems,
  findUnfinished,
  type ImportCounts,
} from '../db/queries/imports.ts';
import type { Space } from '../db/queries/spaces.ts';
import type { Gallery } from '../gallery.ts';
import { closeImport, openSpaces, type WantedSpace } from './import-spaces.ts';

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

/** Throws `bad-usage` where the gallery's searches are answered by another space than one of these. */
export function beginEnrolment(gallery: Gallery, start: EnrolmentStart): BegunEnrolment {
  const spaces = openSpaces(gallery, start.spaces);
  const importId = openImport(gallery, start, spaces);
  return { importId, spaces, resumedAt: start.items.length - countItems(gallery.database, importId).todo };
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
  const options = { asCrops, spaces: spaces.map(({ id }) => id), files: items.length };
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
