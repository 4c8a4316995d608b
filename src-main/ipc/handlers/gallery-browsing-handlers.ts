// A gallery walked through: the order of its faces, some of them, its people, and changes to them.

import type { SubjectRow } from '../../contract/gallery-browsing.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';
import { facesOf } from './search-handlers.ts';

type BrowsingChannels =
  | 'gallery.face-order'
  | 'gallery.faces'
  | 'gallery.subjects'
  | 'gallery.change'
  | 'gallery.changes';

/** Changes that a person looks back over. */
const CHANGES_SHOWN = 50;

export function galleryBrowsingHandlers({ galleries }: HostServices): Pick<HandlerTable, BrowsingChannels> {
  return {
    'gallery.face-order': async ({ gallery, order, isDescending, filter }) => {
      const ids = await galleries.call(gallery, 'faceOrder', {
        order,
        isDescending,
        filter: {
          ...(filter.isKnown === null ? {} : { isKnown: filter.isKnown }),
          ...(filter.subject === null ? {} : { subject: filter.subject }),
        },
      });
      return [...ids];
    },
    'gallery.faces': async ({ gallery, ids }) =>
      facesOf(gallery, await galleries.call(gallery, 'facesById', { ids })),
    'gallery.subjects': async ({ gallery, ...page }) => {
      const subjects = await galleries.call(gallery, 'subjectPage', page);
      return subjects.map(({ id, name, tracks, faces }): SubjectRow => ({ id, name, tracks, faces }));
    },
    'gallery.change': async ({ gallery, change }) => {
      const id = await galleries.call(gallery, 'change', { change });
      return { change: id };
    },
    'gallery.changes': async ({ gallery }) => {
      const changes = await galleries.call(gallery, 'changes', { limit: CHANGES_SHOWN });
      return changes.map(({ id, at, actor, action, undoneAt }) => ({
        ...{ id, at, actor, action },
        isUndone: undoneAt !== null,
      }));
    },
  };
}
