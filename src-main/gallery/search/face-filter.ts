// Which faces a search is about: camera, time, tags, quality, size, known or not.

import type { Database } from 'better-sqlite3';

/** Absent conditions hold for every face. */
export interface FaceFilter {
  readonly camera?: string;
  /** Milliseconds since 1970; faces without a capture time fail both. */
  readonly from?: number;
  readonly until?: number;
  /** All of them. */
  readonly tags?: readonly string[];
  readonly leastWeight?: number;
  readonly leastSizePx?: number;
  readonly isKnown?: boolean;
  readonly excludedSubject?: number;
  readonly excludedTrack?: number;
}

/** The faces that meet every condition, found by one query; undefined where there is no condition. */
export function facesAllowed(database: Database, filter: FaceFilter): ReadonlySet<number> | undefined {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...given: (string | number)[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  if (filter.camera !== undefined) add('cameras.name = ?', filter.camera);
  if (filter.from !== undefined) add('faces.captured_at >= ?', filter.from);
  if (filter.until !== undefined) add('faces.captured_at < ?', filter.until);
  for (const tag of filter.tags ?? [])
    add('EXISTS (SELECT 1 FROM tags WHERE face_id = faces.id AND tag = ?)', tag);
  if (filter.leastWeight !== undefined) add('faces.weight >= ?', filter.leastWeight);
  if (filter.leastSizePx !== undefined) add('faces.size_px >= ?', filter.leastSizePx);
  if (filter.isKnown !== undefined) add(`tracks.subject_id IS ${filter.isKnown ? 'NOT NULL' : 'NULL'}`);
  if (filter.excludedSubject !== undefined) add('tracks.subject_id IS NOT ?', filter.excludedSubject);
  if (filter.excludedTrack !== undefined) add('tracks.id <> ?', filter.excludedTrack);
  if (conditions.length === 0) return undefined;
  const ids = database
    .prepare(
      `SELECT faces.id FROM faces JOIN tracks ON tracks.id = faces.track_id LEFT JOIN cameras ON cameras.id = tracks.camera_id
       WHERE ${conditions.join(' AND ')}`,
    )
    .pluck()
    .all(...values) as number[];
  return new Set(ids);
}
