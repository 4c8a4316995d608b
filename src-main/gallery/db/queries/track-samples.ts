// A few faces of a track: those spread over its time, or the best one.

import type { Database } from 'better-sqlite3';
import { preparedValue } from '../prepared.ts';

/** Numbers of at most `count` faces, the first and the last among them, in the order of their time. */
export function spreadFacesOfTrack(database: Database, trackId: number, count: number): number[] {
  const ids = preparedValue(
    database,
    'SELECT id FROM faces WHERE track_id = ? ORDER BY ifnull(captured_at, 0), frame_index, id',
  ).all(trackId) as number[];
  return spread(ids, count);
}

/** The face that shows the most; null for a track that is gone. */
export function bestFaceOfTrack(database: Database, trackId: number): number | null {
  const id = preparedValue(
    database,
    'SELECT id FROM faces WHERE track_id = ? ORDER BY weight DESC, id LIMIT 1',
  ).get(trackId);
  return (id as number | undefined) ?? null;
}

/** At most `count` of a list, the first and the last among them. */
export function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  if (count === 1) return [items[0]];
  return Array.from({ length: count }, (_, at) => items[Math.round((at * (items.length - 1)) / (count - 1))]);
}
