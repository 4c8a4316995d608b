// Which crops of a gallery, or of one camera of it, FaceBN statistics are estimated from.

import type { Database } from 'better-sqlite3';

/** More faces than these add nothing to the statistics of a channel (EXPERIMENTS.md: 64 do), and take memory. */
const MOST_ADAPTED_FACES = 20_000;

/** SHA-256 digests, hex, in the order of the faces; `camera` null takes all cameras. */
export function calibrationCrops(database: Database, camera: string | null): string[] {
  const digests = database
    .prepare(
      `SELECT faces.crop FROM faces JOIN tracks ON tracks.id = faces.track_id LEFT JOIN cameras ON cameras.id = tracks.camera_id
       WHERE ? IS NULL OR cameras.name = ? ORDER BY faces.id LIMIT ?`,
    )
    .pluck()
    .all(camera, camera, MOST_ADAPTED_FACES) as Buffer[];
  return digests.map((digest) => digest.toString('hex'));
}
