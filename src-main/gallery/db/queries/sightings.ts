// Unknown tracks as they were seen: where, when, in how many faces, and who was seen beside whom.

import type { Database } from 'better-sqlite3';

export interface UnknownTrack {
  readonly id: number;
  readonly camera: string | null;
  readonly faces: number;
  /** Of its first and last face, milliseconds since 1970; null where nobody knows. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  /** The face that shows the most. */
  readonly bestFaceId: number;
}

export function unknownTracks(database: Database): UnknownTrack[] {
  return database
    .prepare(
      // SQLite takes the other columns of a lone max() from the row that has it.
      `SELECT tracks.id, cameras.name AS camera, count(*) AS faces, max(faces.weight) AS weight, faces.id AS bestFaceId,
         times.firstAt, times.lastAt
       FROM tracks JOIN faces ON faces.track_id = tracks.id LEFT JOIN cameras ON cameras.id = tracks.camera_id
       JOIN (SELECT track_id, min(captured_at) AS firstAt, max(captured_at) AS lastAt FROM faces GROUP BY track_id) AS times
         ON times.track_id = tracks.id
       WHERE tracks.subject_id IS NULL GROUP BY tracks.id ORDER BY tracks.id`,
    )
    .all() as UnknownTrack[];
}

/** Pairs of unknown tracks that have faces in one frame: two people for certain. Still pictures may be collages, and say nothing. */
export function tracksSeenTogether(database: Database): [number, number][] {
  const rows = database
    .prepare(
      `SELECT DISTINCT one.track_id AS left, other.track_id AS right
       FROM faces AS one JOIN faces AS other
         ON other.source_id = one.source_id AND other.frame_index = one.frame_index AND other.track_id > one.track_id
       JOIN sources ON sources.id = one.source_id AND sources.kind IN ('frame', 'video')
       JOIN tracks AS first ON first.id = one.track_id AND first.subject_id IS NULL
       JOIN tracks AS second ON second.id = other.track_id AND second.subject_id IS NULL`,
    )
    .all() as { left: number; right: number }[];
  return rows.map(({ left, right }) => [left, right]);
}
