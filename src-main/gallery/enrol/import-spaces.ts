// The spaces that an import fills: made before it begins, answering once it is whole.

import { ensure } from '../../common/errors.ts';
import { countItems, finishImport, type ImportCounts } from '../db/queries/imports.ts';
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

/** A space to be filled, and the profile that it is embedded with. */
export interface WantedSpace {
  readonly space: SpaceKey;
  readonly profile: StoredProfile | null;
}

/** One per wanted space. Throws `bad-usage` where another space answers already. */
export function openSpaces(gallery: Gallery, wanted: readonly WantedSpace[]): Space[] {
  const { database } = gallery;
  for (const { space } of wanted) refuseOtherSpace(gallery, space);
  return gallery.change(() =>
    wanted.map(({ space, profile }) => {
      if (profile !== null) putProfile(database, profile, gallery.acting.now());
      return ensureSpace(database, space, gallery.acting.now());
    }),
  );
}

/** Faces that the answering space lacks would never be found: they are enrolled into it, or not at all. */
export function refuseOtherSpace({ database, name }: Gallery, key: SpaceKey): void {
  const active = activeSpace(database, key.side);
  ensure(
    active === null || isSameSpace(active, key),
    'bad-usage',
    `searches of ${name} are answered by ${active && describeSpace(active)}, and this would embed by ${describeSpace(key)}: ` +
      'enrol with what answers, or calibrate the gallery anew',
  );
}

/** Ends an import, and makes its spaces answer where none did; `lastWork` belongs to the same transaction. */
export function closeImport(
  gallery: Gallery,
  importId: number,
  spaces: readonly Pick<Space, 'id' | 'side'>[],
  lastWork: () => object = () => ({}),
): ImportCounts {
  const { database } = gallery;
  const counts = countItems(database, importId);
  gallery.change(() => {
    const more = lastWork();
    finishImport(database, importId, 'done', gallery.acting.now());
    for (const space of spaces) {
      const isFirst = activeSpace(database, space.side) === null;
      if (isFirst && isWhole(database, space.id)) activateSpace(database, space.id);
    }
    gallery.record('enrolment.finished', { importId, ...counts, ...more });
  });
  return counts;
}
