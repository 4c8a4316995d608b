// What the engine brings to an open gallery: batches of an enrolment, and embeddings of a space that is being filled.

import { writeNewFile } from '../../common/files.ts';
import { failedItems, itemsOfState, itemsToDo } from '../../gallery/db/queries/imports.ts';
import { checkSpace } from '../../gallery/db/queries/spaces.ts';
import {
  beginEnrolment,
  endEnrolment,
  finishEnrolment,
  resumeEnrolment,
} from '../../gallery/enrol/enrolment.ts';
import { enrolFrames, type FrameOutcome } from '../../gallery/enrol/frames.ts';
import { enrolPictures, type PictureOutcome } from '../../gallery/enrol/pictures.ts';
import { failuresCsv } from '../enrolment/failures-csv.ts';
import { beginSpace, letAnswer, putInSpace, spaceTodo } from '../enrolment/space-store.ts';
import { finishFrames } from '../frames/enrol-frames-job.ts';
import type { Handlers } from '../rpc/methods.ts';
import type { EnrolmentMethods, SentFrame, SentOutcome } from './enrolment-service.ts';
import type { GalleryService } from './gallery-service.ts';
import type { Announce } from './handlers.ts';
import type { OpenGalleries } from './open-galleries.ts';
import { beginFramesOf, beginSource, unfinishedPictures } from './source-imports.ts';

type Methods = keyof EnrolmentMethods | 'beginSpace' | 'spaceTodo' | 'fillSpace' | 'activateSpace';

export function enrolmentHandlers(
  galleries: OpenGalleries,
  announce: Announce,
): Pick<Handlers<GalleryService>, Methods> {
  return {
    beginEnrolment: ({ gallery, ...start }) => beginEnrolment(galleries.of(gallery).gallery, start),
    beginSource: ({ gallery, ...start }) => beginSource(galleries.of(gallery).gallery, start),
    unfinishedImports: ({ gallery }) => unfinishedPictures(galleries.of(gallery).gallery),
    resumeEnrolment: ({ gallery, importId }) => resumeEnrolment(galleries.of(gallery).gallery, importId),
    endEnrolment: ({ gallery, importId }) => {
      const counts = endEnrolment(galleries.of(gallery).gallery, importId);
      announce('changed', { gallery, what: 'spaces' });
      return counts;
    },
    settledFiles: ({ gallery, importId, ...page }) =>
      itemsOfState(galleries.of(gallery).gallery.database, importId, page),
    saveFailures: async ({ gallery, importId, path, leftOut }) => {
      const failures = failedItems(galleries.of(gallery).gallery.database, importId);
      await writeNewFile(path, failuresCsv(leftOut, failures));
      return { rows: leftOut.length + failures.length };
    },
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
    beginFrames: ({ gallery, ...start }) => beginFramesOf(galleries.of(gallery).gallery, start),
    enrolFrames: async ({ gallery, importId, spaces, cameraId, frames }) => {
      const open = galleries.of(gallery);
      for (const space of spaces) checkSpace(open.gallery.database, space);
      const read = frames.map(toFrame);
      await open.withCrops(() => enrolFrames(open.gallery, { importId, spaces, cameraId }, read));
      const faces = read.reduce((sum, frame) => sum + (frame.kind === 'read' ? frame.faces.length : 0), 0);
      announce('facesAdded', { gallery, importId, faces });
      return null;
    },
    finishFrames: async ({ gallery, importId, spaces }, progress) => {
      const open = galleries.of(gallery);
      const { failures: _, ...report } = await finishFrames(open.gallery, { importId, spaces }, progress);
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

function toFrame(sent: SentFrame): FrameOutcome {
  if (sent.kind !== 'read') return sent;
  const faces = sent.faces.map((face) => ({ ...face, embeddings: new Map(face.embeddings) }));
  return { ...sent, faces };
}

function toOutcome(sent: SentOutcome): PictureOutcome {
  if (sent.kind === 'failed') return sent;
  const faces = sent.faces.map((face) => ({ ...face, embeddings: new Map(face.embeddings) }));
  return { ...sent, faces };
}
