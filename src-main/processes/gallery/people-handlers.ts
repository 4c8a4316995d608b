// Faces, tracks and subjects of an open gallery: pages of them, one of them, and what is done to them.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { ensure } from '../../common/errors.ts';
import {
  joinTracks,
  listChanges,
  mergeSubjects,
  moveTracks,
  redoChange,
  renameSubject,
  splitTrack,
  undoChange,
} from '../../gallery/changes/changes.ts';
import { type FaceCursor, type FacePageOptions, faceSlices } from '../../gallery/db/queries/face-pages.ts';
import { type Face, facesByIds, facesOfTrack } from '../../gallery/db/queries/faces.ts';
import { subjectById, subjectPage } from '../../gallery/db/queries/subjects.ts';
import { trackById, tracksOfSubject } from '../../gallery/db/queries/tracks.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { Handlers } from '../rpc/methods.ts';
import type { FacePage, FaceRow, GalleryChange, GalleryService } from './gallery-service.ts';
import type { Announce } from './handlers.ts';
import type { OpenGalleries } from './open-galleries.ts';

/** Rows of one call at most: a page is seen by a person. */
const MOST_ROWS = 1000;
const DIGEST = /^[0-9a-f]{64}$/;

type Methods =
  | 'facePage'
  | 'faceOrder'
  | 'facesById'
  | 'subjectPage'
  | 'subject'
  | 'track'
  | 'crop'
  | 'change'
  | 'changes';

export function peopleHandlers(
  galleries: OpenGalleries,
  announce: Announce,
): Pick<Handlers<GalleryService>, Methods> {
  const of = (number: number): Gallery => galleries.of(number).gallery;
  return {
    facePage: ({ gallery, after, limit, ...options }) =>
      readPage(of(gallery), options, after, checkLimit(limit)),
    faceOrder: async ({ gallery, ...options }, progress) => {
      const { database } = of(gallery);
      const ids: number[] = [];
      for (const { faces } of faceSlices(database, options, null)) {
        for (const { id } of faces) ids.push(id);
        await nextTurn();
        progress.throwIfCancelled();
      }
      return Float64Array.from(ids);
    },
    facesById: ({ gallery, ids }) => {
      checkLimit(ids.length);
      return facesByIds(of(gallery).database, ids).map(toRow);
    },
    subjectPage: ({ gallery, limit, ...options }) =>
      subjectPage(of(gallery).database, { ...options, limit: checkLimit(limit) }),
    subject: ({ gallery, id }) => {
      const { database } = of(gallery);
      const subject = subjectById(database, id);
      ensure(subject !== null, 'not-found', `there is no subject ${id}`);
      return { subject, tracks: tracksOfSubject(database, id) };
    },
    track: ({ gallery, id }) => {
      const { database } = of(gallery);
      const track = trackById(database, id);
      ensure(track !== null, 'not-found', `there is no track ${id}`);
      return { track, faces: facesOfTrack(database, id).map(toRow) };
    },
    crop: ({ gallery, digest }) => {
      ensure(DIGEST.test(digest), 'bad-usage', 'a crop is named by the 64 hex digits of its SHA-256');
      return new Uint8Array(of(gallery).crops.read(Buffer.from(digest, 'hex')));
    },
    change: ({ gallery, change }) => {
      const id = makeChange(of(gallery), change);
      announce('changed', { gallery, what: 'subjects' });
      return id;
    },
    changes: ({ gallery, limit }) => listChanges(of(gallery), checkLimit(limit)),
  };
}

async function readPage(
  { database }: Gallery,
  options: FacePageOptions,
  after: FaceCursor | null,
  limit: number,
): Promise<FacePage> {
  const found: FaceCursor[] = [];
  for (const { faces, next } of faceSlices(database, options, after)) {
    for (const face of faces) {
      found.push(face);
      if (found.length === limit) return pageOf(found, face);
    }
    if (next === null) break;
    await nextTurn();
  }
  return pageOf(found, null);

  function pageOf(page: readonly FaceCursor[], next: FaceCursor | null): FacePage {
    const ids = page.map(({ id }) => id);
    return { faces: facesByIds(database, ids).map(toRow), next };
  }
}

function makeChange(gallery: Gallery, change: GalleryChange): number {
  switch (change.kind) {
    case 'rename':
      return renameSubject(gallery, change.subject, change.name);
    case 'merge':
      return mergeSubjects(gallery, change.subject, change.others);
    case 'move':
      return moveTracks(gallery, change.tracks, change.owner);
    case 'split':
      return splitTrack(gallery, change.track, change.faces);
    case 'join':
      return joinTracks(gallery, change.track, change.others);
    case 'undo':
      undoChange(gallery, change.change);
      return change.change;
    case 'redo':
      redoChange(gallery, change.change);
      return change.change;
  }
}

export function toRow({ crop, ...rest }: Face): FaceRow {
  return { ...rest, crop: crop.toString('hex') };
}

/** Throws `bad-usage` for more rows than a call gives. */
export function checkLimit(limit: number): number {
  ensure(
    Number.isInteger(limit) && limit >= 0 && limit <= MOST_ROWS,
    'bad-usage',
    `a call gives at most ${MOST_ROWS} rows, not ${limit}`,
  );
  return limit;
}
