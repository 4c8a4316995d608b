// Tracks: one person's faces in one camera's unbroken view.

import type { Database } from 'better-sqlite3';
import { prepared, preparedValue } from '../prepared.ts';

export type TrackOrigin = 'single' | 'tracker' | 'manifest' | 'hand';

export interface NewTrack {
  readonly subjectId: number | null;
  readonly cameraId: number | null;
  readonly origin: TrackOrigin;
  /** What the manifest calls it, or null. */
  readonly label: string | null;
}

export interface Track {
  readonly id: number;
  readonly subjectId: number | null;
  readonly subjectName: string | null;
  readonly camera: string | null;
  readonly origin: TrackOrigin;
  readonly label: string | null;
  readonly faces: number;
  /** Of its first and last face, milliseconds since 1970; null where nobody knows. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

export function insertTrack(database: Database, track: NewTrack, at: number): number {
  const { lastInsertRowid } = prepared(
    database,
    'INSERT INTO tracks (subject_id, camera_id, origin, label, created_at) VALUES (@subjectId, @cameraId, @origin, @label, @at)',
  ).run({ ...track, at });
  return Number(lastInsertRowid);
}

export function trackById(database: Database, id: number): Track | null {
  return listTracksWhere(database, 'tracks.id = ?', id)[0] ?? null;
}

/** A manifest's track of that label, camera and subject, as an import before has made it; null where there is none. */
export function findManifestTrack(
  database: Database,
  { label, cameraId, subjectId }: NewTrack,
): number | null {
  const id = preparedValue(
    database,
    `SELECT id FROM tracks WHERE origin = 'manifest' AND label = ? AND camera_id IS ? AND subject_id IS ?`,
  ).get(label, cameraId, subjectId);
  return (id as number | undefined) ?? null;
}

export function tracksOfSubject(database: Database, subjectId: number): Track[] {
  return listTracksWhere(database, 'tracks.subject_id = ?', subjectId);
}

function listTracksWhere(database: Database, condition: string, value: number): Track[] {
  return database
    .prepare(
      `SELECT tracks.id, tracks.subject_id AS subjectId, subjects.name AS subjectName, cameras.name AS camera,
         tracks.origin, tracks.label, count(faces.id) AS faces, min(faces.captured_at) AS firstAt, max(faces.captured_at) AS lastAt
       FROM tracks LEFT JOIN subjects ON subjects.id = tracks.subject_id LEFT JOIN cameras ON cameras.id = tracks.camera_id
       LEFT JOIN faces ON faces.track_id = tracks.id
       WHERE ${condition} GROUP BY tracks.id ORDER BY tracks.id`,
    )
    .all(value) as Track[];
}
