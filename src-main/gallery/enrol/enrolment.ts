// The start and the end of an enrolment: what is to be enrolled is written down, and the space answers once it is whole.

import { ensure } from '../../common/errors.ts';
import {
  beginImport,
  countItems,
  failedItems,
  findUnfinished,
  finishImport,
  type ImportCounts,
} from '../db/queries/imports.ts';
import { putProfile, type StoredProfile } from '../db/queries/profiles.ts';
import {
  activateSpace,
  activeSpace,
  describeSpace,
  ensureSpace,
  isSameSpace,
  isWhole,
  type Space,
  type SpaceKey,
} from '../db/queries/spaces.ts';
import type { Gallery } from '../gallery.ts';

export interface EnrolmentStart {
  /** What kind of source, and where: an unfinished import of the same is gone on with. */
  readonly kind: string;
  readonly root: string;
  readonly items: readonly { readonly name: string; readonly item: unknown }[];
  readonly asCrops: boolean;
  /** One per side that is filled. */
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

/** A space to fill, with the profile that it is embedded with. */
export interface WantedSpace {
  readonly key: SpaceKey;
  readonly profile: StoredProfile | null;
}

/** Throws `bad-usage` where the gallery's searches are answered by another space than one of these. */
export function openSpaces(gallery: Gallery, wanted: readonly WantedSpace[]): Space[] {
  const { database, acting } = gallery;
  for (const { key } of wanted) refuseOtherSpace(gallery, key);
  return gallery.change(() =>
    wanted.map(({ key, profile }) => {
      if (profile !== null) putProfile(database, profile, acting.now());
      return ensureSpace(database, key, acting.now());
    }),
  );
}

/** Throws what `openSpaces` throws. */
export function beginEnrolment(gallery: Gallery, start: EnrolmentStart): BegunEnrolment {
  const { database } = gallery;
  const spaces = openSpaces(gallery, start.spaces);
  const importId = openImport(gallery, start, spaces);
  return { importId, spaces, resumedAt: start.items.length - countItems(database, importId).todo };
}

/** Ends an import whose files are all settled; `lastWork` belongs to the same transaction, and what it returns to the audit log. */
export function finishEnrolment(
  gallery: Gallery,
  importId: number,
  spaces: readonly Pick<Space, 'id' | 'side'>[],
  lastWork: () => object = () => ({}),
): EnrolmentReport {
  const { database, acting } = gallery;
  const counts = countItems(database, importId);
  gallery.change(() => {
    const more = lastWork();
    finishImport(database, importId, 'done', acting.now());
    for (const { id, side } of spaces) {
      const isFirst = activeSpace(database, side) === null;
      if (isFirst && isWhole(database, id)) activateSpace(database, id);
    }
    gallery.record('enrolment.finished', { importId, ...counts, ...more });
  });
  return { ...counts, failures: failedItems(database, importId) };
}

/** Faces that the answering space lacks would never be found: they are enrolled into it, or not at all. */
function refuseOtherSpace({ database, name }: Gallery, key: SpaceKey): void {
  const active = activeSpace(database, key.side);
  ensure(
    active === null || isSameSpace(active, key),
    'bad-usage',
    `searches of ${name} are answered by ${active && describeSpace(active)}, and this would embed by ${describeSpace(key)}: ` +
      'enrol with what answers, or calibrate the gallery anew',
  );
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
