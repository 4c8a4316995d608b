// The spaces that an import fills: made before it begins, answering once it is whole.

import { ensure } from '../../common/errors.ts';
import { countItems, finishImport, type ImportCounts } from '../../gallery/db/queries/imports.ts';
import { putProfile } from '../../gallery/db/queries/profiles.ts';
import {
  activateSpace,
  activeSpace,
  describeSpace,
  ensureSpace,
  facesWithout,
  isSameSpace,
  type Space,
  type SpaceKey,
} from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { CropEmbedder } from './crop-embedder.ts';

/** One per embedder. Throws `bad-usage` where another space answers already. */
export function openSpaces(gallery: Gallery, embedders: readonly CropEmbedder[]): Space[] {
  const { database } = gallery;
  for (const { space } of embedders) refuseOtherSpace(gallery, space);
  return gallery.change(() =>
    embedders.map(({ space, profile }) => {
      if (profile !== null) putProfile(database, profile, gallery.acting.now());
      return ensureSpace(database, space, gallery.acting.now());
    }),
  );
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

/** Ends an import, and makes its spaces answer where none did; `lastWork` belongs to the same transaction. */
export function closeImport(
  gallery: Gallery,
  importId: number,
  spaces: readonly Space[],
  lastWork: () => object = () => ({}),
): ImportCounts {
  const { database } = gallery;
  const counts = countItems(database, importId);
  gallery.change(() => {
    const more = lastWork();
    finishImport(database, importId, 'done', gallery.acting.now());
    for (const space of spaces) {
      const isFirst = activeSpace(database, space.side) === null;
      const isWhole = facesWithout(database, space.id, 1).length === 0;
      if (isFirst && isWhole) activateSpace(database, space.id);
    }
    gallery.record('enrolment.finished', { importId, ...counts, ...more });
  });
  return counts;
}
