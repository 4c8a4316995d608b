// Faces of one picture or frame into the gallery: rows, tracks, embeddings.

import { putEmbeddings } from '../db/queries/embeddings.ts';
import { insertFace, type NewFace } from '../db/queries/faces.ts';
import { reopenOthers, type Space } from '../db/queries/spaces.ts';
import type { Gallery } from '../gallery.ts';

type FaceFacts = Omit<
  NewFace,
  'trackId' | 'sourceId' | 'crop' | 'faceIndex' | 'frameIndex' | 'capturedAt' | 'tags'
>;

export interface EnrolledFace extends FaceFacts {
  /** PNG or JPEG. */
  readonly cropFile: Uint8Array;
  /** One per space that is filled, by the space's number. */
  readonly embeddings: ReadonlyMap<number, Float32Array>;
  /** The face that the picture's subject names: of several, one. */
  readonly isNamed: boolean;
}

/** Where faces come from. */
export type FaceOrigin = Pick<NewFace, 'sourceId' | 'frameIndex' | 'capturedAt' | 'tags'>;

/** In the caller's transaction. `crops` are the faces' digests; `trackOf` gives each face its track. */
export function insertFaces(
  { database, acting }: Gallery,
  spaces: readonly Space[],
  origin: FaceOrigin,
  faces: readonly EnrolledFace[],
  crops: readonly Buffer[],
  trackOf: (face: EnrolledFace) => number,
): void {
  const entries = new Map<number, { faceId: number; vector: Float32Array }[]>(
    spaces.map(({ id }) => [id, []]),
  );
  for (const [faceIndex, face] of faces.entries()) {
    const { cropFile, embeddings, isNamed, ...facts } = face;
    const row = { ...facts, ...origin, trackId: trackOf(face), faceIndex, crop: crops[faceIndex] };
    const faceId = insertFace(database, row, acting.now());
    for (const [spaceId, vector] of embeddings) entries.get(spaceId)?.push({ faceId, vector });
  }
  if (faces.length > 0) reopenOthers(database, [...entries.keys()]);
  for (const space of spaces) putEmbeddings(database, space, entries.get(space.id) ?? []);
}
