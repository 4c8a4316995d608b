// Cameras, by name.

import type { Database } from 'better-sqlite3';
import { prepared, preparedValue } from '../prepared.ts';

/** The camera's number; null for a name that no camera has. */
export function findCamera(database: Database, name: string): number | null {
  const id = preparedValue(database, 'SELECT id FROM cameras WHERE name = ?').get(name);
  return (id as number | undefined) ?? null;
}

/** The camera's number; a name that is new gets one. */
export function cameraId(database: Database, name: string): number {
  const known = findCamera(database, name);
  if (known !== null) return known;
  return Number(prepared(database, 'INSERT INTO cameras (name) VALUES (?)').run(name).lastInsertRowid);
}

export function listCameras(database: Database): { id: number; name: string; faces: number }[] {
  return database
    .prepare(
      `SELECT cameras.id, cameras.name, count(faces.id) AS faces FROM cameras
       LEFT JOIN tracks ON tracks.camera_id = cameras.id LEFT JOIN faces ON faces.track_id = tracks.id
       GROUP BY cameras.id ORDER BY cameras.name`,
    )
    .all() as { id: number; name: string; faces: number }[];
}
