// Cameras, by name.

import type { Database } from 'better-sqlite3';

/** The camera's number; a name that is new gets one. */
export function cameraId(database: Database, name: string): number {
  database.prepare('INSERT INTO cameras (name) VALUES (?) ON CONFLICT (name) DO NOTHING').run(name);
  return database.prepare('SELECT id FROM cameras WHERE name = ?').pluck().get(name) as number;
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
