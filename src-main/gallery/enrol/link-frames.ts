// The tracks of an import of frames, made from its stored faces once all of them are there.
//
// They are made from what is stored and from nothing else, so an import that was killed however often ends with the tracks of one
// that was not. A tracker that ran along with the import would have to be stored with every window, and could not begin anew.

import { setImmediate } from 'node:timers/promises';
import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { listItems } from '../db/queries/imports.ts';
import type { Space } from '../db/queries/spaces.ts';
import { fromBlob } from '../db/vectors.ts';
import type { Gallery } from '../gallery.ts';
import type { TrackedFrame, TrackerOptions } from '../tracking/face-tracker.ts';
import type { Detection, Track } from '../tracking/live-track.ts';
import { SceneTracker } from '../tracking/scene-tracker.ts';
import { type FrameItem, NEAR_DUPLICATE, provisionalLabel } from './frames.ts';

/** Faces of each track in order of time; tracks by their first face. */
export type LinkedTracks = readonly (readonly number[])[];

const FRAMES_PER_TURN = 256;
/** Between frames whose items a purge in between has emptied, and whose faces have no time either. */
const GUESSED_STEP_MS = 200;

/**
 * Links the faces of an import. Those that somebody has named, moved, joined or split in the meantime stay where they were put.
 * Memory grows with the numbers of the faces, not with their embeddings.
 */
export async function linkFrames(
  gallery: Gallery,
  importId: number,
  space: Space,
  options: TrackerOptions,
  progress: ProgressToken,
): Promise<LinkedTracks> {
  const { facesOf, capturedAtOf } = provisionalFaces(gallery, importId);
  const items = listItems(gallery.database, importId);
  const stage = progress.stage('linking frames', items.length, 'frames');
  const tracker = new SceneTracker(options);
  const tracks: Track[] = [];
  let timeMs = 0;
  for (const [index, { position, item, reason }] of items.entries()) {
    const frame = item as FrameItem | null;
    timeMs = frame?.capturedAtMs ?? frame?.timeMs ?? capturedAtOf.get(position) ?? timeMs + GUESSED_STEP_MS;
    if (reason === NEAR_DUPLICATE) tracks.push(...tracker.stillAt(timeMs));
    else
      tracks.push(
        ...tracker.see(trackedFrame(gallery, space, position, timeMs, facesOf.get(position) ?? [])),
      );
    stage.advance();
    if (index % FRAMES_PER_TURN !== 0) continue;
    await setImmediate();
    progress.throwIfCancelled();
  }
  tracks.push(...tracker.finish());
  const linked = tracks.map(({ members }) =>
    members.map(({ frame, detection }) => (facesOf.get(frame) as number[])[detection]),
  );
  return linked.sort((left, right) => left[0] - right[0]);
}

/** Writes what was linked, in the caller's transaction: each track takes the place of its first face's own. */
export function writeTracks({ database }: Gallery, importId: number, tracks: LinkedTracks): void {
  const trackOf = database.prepare('SELECT track_id FROM faces WHERE id = ?').pluck();
  const move = database.prepare('UPDATE faces SET track_id = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM tracks WHERE id = ?');
  for (const [first, ...others] of tracks) {
    const trackId = trackOf.get(first);
    for (const face of others) {
      const emptied = trackOf.get(face);
      move.run(trackId, face);
      remove.run(emptied);
    }
  }
  database.prepare('UPDATE tracks SET label = NULL WHERE label = ?').run(provisionalLabel(importId));
}

/** Faces by their frame's position, in order of detection, and when the frame was taken where that is known. */
function provisionalFaces(
  { database }: Gallery,
  importId: number,
): { facesOf: Map<number, number[]>; capturedAtOf: Map<number, number> } {
  const rows = database
    .prepare(
      `SELECT min(faces.id) AS id, faces.frame_index AS position, faces.captured_at AS capturedAt FROM tracks JOIN faces ON faces.track_id = tracks.id
       WHERE tracks.label = ? AND tracks.origin = 'tracker' AND tracks.subject_id IS NULL
       GROUP BY tracks.id HAVING count(*) = 1 ORDER BY faces.id`,
    )
    .all(provisionalLabel(importId)) as { id: number; position: number; capturedAt: number | null }[];
  const facesOf = new Map<number, number[]>();
  const capturedAtOf = new Map<number, number>();
  for (const { id, position, capturedAt } of rows) {
    if (capturedAt !== null) capturedAtOf.set(position, capturedAt);
    const known = facesOf.get(position);
    if (known === undefined) facesOf.set(position, [id]);
    else known.push(id);
  }
  return { facesOf, capturedAtOf };
}

function trackedFrame(
  { database }: Gallery,
  space: Space,
  frame: number,
  timeMs: number,
  faceIds: readonly number[],
): TrackedFrame {
  const read = database.prepare(
    `SELECT box_x AS x, box_y AS y, box_width AS width, box_height AS height, detection_score AS score, vector
     FROM faces LEFT JOIN embeddings ON face_id = faces.id AND space_id = ? WHERE faces.id = ?`,
  );
  const detections = faceIds.map((id): Detection => {
    const { vector, score, ...box } = read.get(space.id, id) as Record<
      'x' | 'y' | 'width' | 'height',
      number
    > & {
      score: number | null;
      vector: Buffer | null;
    };
    ensure(vector !== null, 'bad-data', `face ${id} has no embedding in the space that links tracks`);
    return { box, score: score ?? 1, embedding: fromBlob(vector, space.dimension, `of face ${id}`) };
  });
  return { frame, timeMs, detections };
}
