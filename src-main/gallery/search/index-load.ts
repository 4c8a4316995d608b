// Reads a space into an index, a slice at a time: who belongs to whom, then the vectors, then the templates.

import type { Database } from 'better-sqlite3';
import type { ProgressToken } from '../../common/progress.ts';
import { embeddingSlices } from '../db/queries/embeddings.ts';
import type { Space } from '../db/queries/spaces.ts';
import type { IndexVectors } from './index-vectors.ts';
import type { Members } from './members.ts';
import { NO_ATTRIBUTES } from './row-attributes.ts';

const PLACES_PER_SLICE = 4096;
const VECTORS_PER_SLICE = 2048;
/** Faces behind the templates of one slice. */
const TEMPLATE_FACES_PER_SLICE = 4096;

/**
 * Each step takes some ten milliseconds; others may write meanwhile, and what they touched has to be synchronised afterwards.
 * Throws `bad-data` for an embedding that is damaged, `cancelled`.
 */
export function* loadSteps(
  database: Database,
  space: Space,
  members: Members,
  vectors: IndexVectors,
  progress: ProgressToken,
): Generator<void> {
  for (const _ of readPlaces(database, space, members)) {
    progress.throwIfCancelled();
    yield;
  }
  const stage = progress.stage('loading embeddings', members.faces, 'faces');
  const slices = embeddingSlices(database, space, VECTORS_PER_SLICE, putterOf(members, vectors));
  for (const faces of slices) {
    progress.throwIfCancelled();
    stage.advance(faces);
    yield;
  }
  yield* putTemplates(members, vectors, progress);
}

type PlaceRow = [
  faceId: number,
  weight: number,
  capturedAt: number | null,
  sizePx: number,
  trackId: number,
  subjectId: number | null,
  cameraId: number | null,
];

function* readPlaces(database: Database, space: Space, members: Members): Generator<void> {
  const slice = database
    .prepare(
      `SELECT faces.id, faces.weight, faces.captured_at, faces.size_px, tracks.id, tracks.subject_id, tracks.camera_id
       FROM embeddings CROSS JOIN faces ON faces.id = embeddings.face_id CROSS JOIN tracks ON tracks.id = faces.track_id
       WHERE embeddings.space_id = ? AND embeddings.face_id > ? ORDER BY embeddings.face_id LIMIT ?`,
    )
    .raw();
  for (let after = -1; ; ) {
    const rows = slice.all(space.id, after, PLACES_PER_SLICE) as PlaceRow[];
    for (const [id, weight, capturedAt, sizePx, trackId, subjectId, cameraId] of rows)
      members.add({ id, weight, capturedAt, sizePx }, { id: trackId, subjectId, cameraId });
    if (rows.length < PLACES_PER_SLICE) return;
    after = rows[rows.length - 1][0];
    yield;
  }
}

function putterOf(members: Members, vectors: IndexVectors): (faceId: number, vector: Float32Array) => void {
  const { single, member } = vectors.stores;
  return (faceId, vector) => {
    const trackId = members.trackOf(faceId);
    // Enrolled since the places were read.
    if (trackId === null) return;
    if (members.countOf(trackId) === 1) single.put(faceId, vector, vectors.attributesOf(trackId));
    else member.put(faceId, vector, NO_ATTRIBUTES);
  };
}

function* putTemplates(members: Members, vectors: IndexVectors, progress: ProgressToken): Generator<void> {
  let faces = 0;
  for (const trackId of members.trackIds()) {
    if (members.countOf(trackId) < 2) continue;
    const behind = members.facesOf(trackId);
    vectors.stores.track.put(trackId, vectors.template(behind), vectors.attributesOf(trackId));
    faces += behind.length;
    if (faces < TEMPLATE_FACES_PER_SLICE) continue;
    faces = 0;
    progress.throwIfCancelled();
    yield;
  }
  for (const subjectId of members.subjectIds()) {
    if (members.countTracksOf(subjectId) < 2) continue;
    const behind = members.facesOfSubject(subjectId);
    vectors.stores.subject.put(subjectId, vectors.template(behind), {
      ...NO_ATTRIBUTES,
      faces: behind.length,
    });
    faces += behind.length;
    if (faces < TEMPLATE_FACES_PER_SLICE) continue;
    faces = 0;
    progress.throwIfCancelled();
    yield;
  }
}
