// A gallery that this process holds, as what a new space is filled in: the gallery process and the command line share it.

import { putEmbeddings } from '../../gallery/db/queries/embeddings.ts';
import { countFaces } from '../../gallery/db/queries/faces.ts';
import { putProfile } from '../../gallery/db/queries/profiles.ts';
import {
  activateSpace,
  checkSpace,
  countEmbeddings,
  ensureSpace,
  facesWithout,
  type Space,
} from '../../gallery/db/queries/spaces.ts';
import type { WantedSpace } from '../../gallery/enrol/import-spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { SpaceStore } from './fill-space.ts';

export function beginSpace(
  gallery: Gallery,
  { space: key, profile }: WantedSpace,
): { space: Space; faces: number; embedded: number } {
  const { database, acting } = gallery;
  const space = gallery.change(() => {
    if (profile !== null) putProfile(database, profile, acting.now());
    return ensureSpace(database, key, acting.now());
  });
  return { space, faces: countFaces(database), embedded: countEmbeddings(database, space.id) };
}

export function spaceTodo(
  { database }: Gallery,
  space: number,
  after: number,
  limit: number,
): { id: number; crop: string }[] {
  return facesWithout(database, space, limit, after).map(({ id, crop }) => ({
    id,
    crop: crop.toString('hex'),
  }));
}

/** Throws `bad-usage` for a space that this gallery does not have. */
export function putInSpace(
  gallery: Gallery,
  space: Space,
  entries: readonly { readonly faceId: number; readonly vector: Float32Array }[],
): void {
  checkSpace(gallery.database, space);
  gallery.change(() => putEmbeddings(gallery.database, space, entries));
}

/** Lets a whole space answer, with its record. Throws `bad-data` while faces are missing in it. */
export function letAnswer(gallery: Gallery, space: number): void {
  const { database } = gallery;
  gallery.change(() => {
    activateSpace(database, space);
    const profile = database.prepare('SELECT profile_digest FROM spaces WHERE id = ?').pluck().get(space);
    gallery.record('space.activated', { space, profile });
  });
}

export function storeIn(gallery: Gallery): SpaceStore {
  return {
    begin: async (wanted) => beginSpace(gallery, wanted),
    todo: async (space, after, limit) => spaceTodo(gallery, space, after, limit),
    fill: async (space, entries) => putInSpace(gallery, space, entries),
  };
}
