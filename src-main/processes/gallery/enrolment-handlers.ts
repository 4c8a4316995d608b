// What the engine brings to an open gallery: batches of an enrolment, and embeddings of a space that is being filled.

import { itemsToDo } from '../../gallery/db/queries/imports.ts';
import { checkSpace } from '../../gallery/db/queries/spaces.ts';
import { beginEnrolment, finishEnrolment } from '../../gallery/enrol/enrolment.ts';
import { enrolPictures, type PictureOutcome } from '../../gallery/enrol/pictures.ts';
import { beginSpace, letAnswer, putInSpace, spaceTodo } from '../enrolment/space-store.ts';
import type { Handlers } from '../rpc/methods.ts';
import type { GalleryService, SentOutcome } from './gallery-service.ts';
import type { Announce } from './handlers.ts';
import type { OpenGalleries } from './open-galleries.ts';

type Methods =
  | 'beginEnrolment'
  | 'enrolmentItems'
  | 'enrol'
  | 'finishEnrolment'
  | 'beginSpace'
  | 'spaceTodo'
  | 'fillSpace'
  | 'activateSpace';

export function enrolmentHandlers(
  galleries: OpenGalleries,
  announce: Announce,
): Pick<Handlers<GalleryService>, Methods> {
  return {
    beginEnrolment: ({ gallery, ...start }) => beginEnrolment(galleries.of(gallery).gallery, start),
    enrolmentItems: ({ gallery, importId, after, limit }) =>
      itemsToDo(galleries.of(gallery).gallery.database, importId, after, limit),
    enrol: async ({ gallery, importId, spaces, outcomes }) => {
      const open = galleries.of(gallery);
      for (const space of spaces) checkSpace(open.gallery.database, space);
      const read = outcomes.map(toOutcome);
      const counts = await open.withCrops(() => enrolPictures(open.gallery, importId, spaces, read));
      announce('facesAdded', { gallery, importId, faces: counts.faces });
      return counts;
    },
    finishEnrolment: ({ gallery, importId, spaces }) => {
      const report = finishEnrolment(galleries.of(gallery).gallery, importId, spaces);
      announce('changed', { gallery, what: 'spaces' });
      return report;
    },
    beginSpace: ({ gallery, ...wanted }) => {
      const begun = beginSpace(galleries.of(gallery).gallery, wanted);
      announce('changed', { gallery, what: 'spaces' });
      return begun;
    },
    spaceTodo: ({ gallery, space, after, limit }) =>
      spaceTodo(galleries.of(gallery).gallery, space, after, limit),
    fillSpace: ({ gallery, space, entries }) => {
      putInSpace(galleries.of(gallery).gallery, space, entries);
      return null;
    },
    activateSpace: ({ gallery, space }) => {
      const open = galleries.of(gallery);
      letAnswer(open.gallery, space);
      open.forgetInactive();
      announce('changed', { gallery, what: 'spaces' });
      return null;
    },
  };
}

function toOutcome(sent: SentOutcome): PictureOutcome {
  if (sent.kind === 'failed') return sent;
  const faces = sent.faces.map((face) => ({ ...face, embeddings: new Map(face.embeddings) }));
  return { ...sent, faces };
}
