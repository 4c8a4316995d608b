// A gallery's care: its spaces, how long faces are kept, and what purges take and took.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { calibrationCrops } from '../../gallery/db/queries/crops-of.ts';
import { deleteSpace, thinSpace } from '../../gallery/db/queries/spaces.ts';
import { listPurges } from '../../gallery/purge/proofs.ts';
import { keepRetention, readRetention } from '../../gallery/retention.ts';
import type { Handlers } from '../rpc/methods.ts';
import type { CareMethods } from './care-service.ts';
import type { GalleryService } from './gallery-service.ts';
import type { Announce } from './handlers.ts';
import type { OpenGalleries } from './open-galleries.ts';

const EMBEDDINGS_PER_TURN = 2000;

export function careHandlers(
  galleries: OpenGalleries,
  announce: Announce,
): Pick<Handlers<GalleryService>, Exclude<keyof CareMethods, 'previewPurge'>> {
  return {
    calibrationCrops: ({ gallery, camera }) =>
      calibrationCrops(galleries.of(gallery).gallery.database, camera),
    compareSpaces: ({ gallery, before, after }, progress) =>
      galleries.of(gallery).read('compareSpaces', { before, after }, progress),
    deleteSpace: async ({ gallery: number, space }) => {
      const open = galleries.of(number);
      const { gallery } = open;
      let embeddings = 0;
      // A million at once would hold up every search. Killed in between, it is a space that lacks faces.
      for (let gone = -1; gone !== 0; embeddings += gone) {
        gone = gallery.change(() => thinSpace(gallery.database, space, EMBEDDINGS_PER_TURN));
        await nextTurn();
      }
      const removed = gallery.change(() => {
        embeddings += deleteSpace(gallery.database, space).embeddings;
        gallery.record('space.deleted', { space, embeddings });
        return { embeddings };
      });
      open.forgetInactive();
      announce('changed', { gallery: number, what: 'spaces' });
      return removed;
    },
    purges: ({ gallery, limit }) => listPurges(galleries.of(gallery).gallery.database, limit),
    retention: ({ gallery }) => readRetention(galleries.of(gallery).gallery.database),
    setRetention: ({ gallery, days }) => {
      keepRetention(galleries.of(gallery).gallery, days);
      announce('changed', { gallery, what: 'retention' });
      return null;
    },
  };
}
