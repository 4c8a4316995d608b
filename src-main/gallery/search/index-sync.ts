// Brings an index up to what was committed: the touched tracks are read again, and what hangs on them is put right.

import type { Database } from 'better-sqlite3';
import type { Space } from '../db/queries/spaces.ts';
import type { IndexVectors } from './index-vectors.ts';
import type { MemberFace, Members, MemberTrack } from './members.ts';
import { NO_ATTRIBUTES } from './row-attributes.ts';

/** Tracks by number; true where an embedding of theirs was written. */
export type Touched = ReadonlyMap<number, boolean>;

/** A touched track as the database has it now. */
interface CurrentTrack {
  readonly track: MemberTrack;
  readonly faces: readonly MemberFace[];
  /** Its vectors are to be read again. */
  readonly isFresh: boolean;
  /** Its template has to be made anew. */
  readonly isOther: boolean;
}

/** Searches that start after the call see all of it, those before it nothing. Throws `bad-data` for a damaged embedding. */
export function syncTracks(
  database: Database,
  space: Space,
  members: Members,
  vectors: IndexVectors,
  touched: Touched,
): void {
  const current = readTracks(database, space, members, touched);
  const subjects = new Set<number>();
  const gone = new Set<number>();
  for (const { track } of current) {
    for (const faceId of members.facesOf(track.id)) gone.add(faceId);
    for (const subject of [members.subjectOf(track.id), track.subjectId])
      if (subject !== null) subjects.add(subject);
  }
  const wereSeveral = new Map([...subjects].map((id) => [id, members.countTracksOf(id) > 1]));
  for (const { track } of current) members.removeTrack(track.id);
  for (const { track, faces } of current) {
    for (const face of faces) {
      members.add(face, track);
      gone.delete(face.id);
    }
  }
  putFaces(vectors, current, gone);
  putTracks(members, vectors, current);
  for (const [subjectId, wasSeveral] of wereSeveral) putSubject(members, vectors, subjectId, wasSeveral);
}

function readTracks(
  database: Database,
  space: Space,
  members: Members,
  touched: Touched,
): readonly CurrentTrack[] {
  const trackRow = database.prepare(
    'SELECT id, subject_id AS subjectId, camera_id AS cameraId FROM tracks WHERE id = ?',
  );
  const faceRows = database.prepare(
    `SELECT id, weight, captured_at AS capturedAt, size_px AS sizePx FROM faces
     WHERE track_id = ? AND EXISTS (SELECT 1 FROM embeddings WHERE space_id = ? AND face_id = faces.id) ORDER BY id`,
  );
  return [...touched].map(([trackId, isFresh]) => {
    const track = trackRow.get(trackId) as MemberTrack | undefined;
    const faces = faceRows.all(trackId, space.id) as MemberFace[];
    const before = members.facesOf(trackId);
    const isOther =
      isFresh ||
      before.length !== faces.length ||
      faces.some(({ id, weight }, at) => id !== before[at] || weight !== members.weightOf(id));
    return {
      track: track ?? { id: trackId, subjectId: null, cameraId: null },
      faces,
      isFresh,
      isOther,
    };
  });
}

/** New places first, old ones after: a vector is copied from where it was. */
function putFaces(vectors: IndexVectors, current: readonly CurrentTrack[], gone: ReadonlySet<number>): void {
  const { single, member } = vectors.stores;
  const vectorOf = (faceId: number, isFresh: boolean): Float32Array => {
    const vector = (isFresh ? null : vectors.ofFace(faceId)) ?? vectors.stored(faceId);
    // The row was there a moment ago, on this thread.
    if (vector === null) throw new Error(`face ${faceId} has lost its embedding`);
    return vector;
  };
  const alone = current.filter(({ faces }) => faces.length === 1);
  const together = current.filter(({ faces }) => faces.length > 1);
  member.write((writer) => {
    for (const { faces, isFresh } of together)
      for (const { id } of faces)
        if (isFresh || !member.has(id)) writer.put(id, vectorOf(id, isFresh), NO_ATTRIBUTES);
  });
  single.write((writer) => {
    for (const { faces, track, isFresh } of alone) {
      const [{ id }] = faces;
      const attributes = vectors.attributesOf(track.id);
      if (isFresh || !single.has(id)) writer.put(id, vectorOf(id, isFresh), attributes);
      else writer.relabel(id, attributes);
    }
    for (const { faces } of together) for (const { id } of faces) writer.remove(id);
    for (const id of gone) writer.remove(id);
  });
  member.write((writer) => {
    for (const { faces } of alone) writer.remove(faces[0].id);
    for (const id of gone) writer.remove(id);
  });
}

function putTracks(members: Members, vectors: IndexVectors, current: readonly CurrentTrack[]): void {
  const { track: store } = vectors.stores;
  store.write((writer) => {
    for (const { track, faces, isOther } of current) {
      const attributes = vectors.attributesOf(track.id);
      if (faces.length < 2) writer.remove(track.id);
      else if (isOther || !store.has(track.id))
        writer.put(track.id, vectors.template(members.facesOf(track.id)), attributes);
      else writer.relabel(track.id, attributes);
    }
  });
}

/** The template of a subject of several tracks; where it came or went, its tracks stop or start answering for themselves. */
function putSubject(members: Members, vectors: IndexVectors, subjectId: number, wasSeveral: boolean): void {
  const { single, track, subject } = vectors.stores;
  const tracks = members.tracksOf(subjectId);
  const isSeveral = tracks.length > 1;
  if (isSeveral) {
    const faces = members.facesOfSubject(subjectId);
    subject.put(subjectId, vectors.template(faces), { ...NO_ATTRIBUTES, faces: faces.length });
  } else {
    subject.remove(subjectId);
  }
  if (isSeveral === wasSeveral) return;
  for (const trackId of tracks) {
    const attributes = vectors.attributesOf(trackId);
    if (members.countOf(trackId) > 1) track.relabel(trackId, attributes);
    else single.relabel(members.facesOf(trackId)[0], attributes);
  }
}
