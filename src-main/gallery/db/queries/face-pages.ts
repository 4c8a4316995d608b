// Faces in an order, page by page from where the last page ended; a slice of the index at a time, so that no call takes long.

import type { Database } from 'better-sqlite3';
import type { FaceFilter } from '../../search/face-filter.ts';

export type FaceOrder = 'enrolled' | 'captured' | 'size' | 'quality';

export interface FacePageOptions {
  readonly filter: FaceFilter & { readonly subject?: number };
  readonly order: FaceOrder;
  readonly isDescending: boolean;
}

/** The last row of a page; `key` is null among the faces without one, which come last. */
export interface FaceCursor {
  readonly key: number | null;
  readonly id: number;
}

/** What one slice gave. */
export interface FaceSlice {
  readonly faces: readonly FaceCursor[];
  /** The last row that was looked at; null at the end. */
  readonly next: FaceCursor | null;
}

/** Rows that are looked at in one go: some ten milliseconds with a filter. */
const ROWS_PER_SLICE = 4096;

const KEYS = {
  enrolled: 'id',
  captured: 'captured_at',
  size: 'size_px',
  quality: 'weight',
} as const satisfies Record<FaceOrder, string>;

type Row = [id: number, key: number | null, passes: number];

/** Slices after a cursor until the caller has enough; the gallery may change in between. */
export function* faceSlices(
  database: Database,
  options: FacePageOptions,
  after: FaceCursor | null,
  rowsPerSlice = ROWS_PER_SLICE,
): Generator<FaceSlice> {
  const key = KEYS[options.order];
  const [direction, beyond] = options.isDescending ? ['DESC', '<'] : ['ASC', '>'];
  const filter = conditionsOf(options.filter);
  const slice = (condition: string) =>
    database
      .prepare(
        `SELECT slice.id, slice.key, ${filter.sql} FROM
           (SELECT id, ${key} AS key FROM faces WHERE ${condition} ORDER BY ${key} ${direction}, id ${direction} LIMIT ${rowsPerSlice}) AS slice
         CROSS JOIN faces ON faces.id = slice.id CROSS JOIN tracks ON tracks.id = faces.track_id
         ORDER BY slice.key ${direction}, slice.id ${direction}`,
      )
      .raw();
  const first = slice(`${key} IS NOT NULL`);
  const more = slice(`(${key}, id) ${beyond} (?, ?)`);
  const without = slice(`${key} IS NULL AND id ${beyond} ?`);
  const read = (cursor: FaceCursor | null): Row[] => {
    if (cursor === null) return first.all(...filter.values) as Row[];
    if (cursor.key === null) return without.all(...filter.values, cursor.id) as Row[];
    return more.all(...filter.values, cursor.key, cursor.id) as Row[];
  };
  const beforeAll = { key: null, id: options.isDescending ? Number.MAX_SAFE_INTEGER : -1 };
  for (let cursor = after; ; ) {
    const rows = read(cursor);
    const faces = rows.filter(([, , passes]) => passes === 1).map(([id, value]) => ({ id, key: value }));
    const last = rows.at(-1);
    const isInKeys = cursor === null || cursor.key !== null;
    if (rows.length === rowsPerSlice && last !== undefined) cursor = { id: last[0], key: last[1] };
    else cursor = isInKeys && options.order === 'captured' ? beforeAll : null;
    yield { faces, next: cursor };
    if (cursor === null) return;
  }
}

/** One SQL expression that is 1 for faces that pass. */
function conditionsOf(filter: FacePageOptions['filter']): { sql: string; values: (string | number)[] } {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...given: (string | number)[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  if (filter.camera !== undefined)
    add('tracks.camera_id IS (SELECT id FROM cameras WHERE name = ?)', filter.camera);
  if (filter.from !== undefined) add('ifnull(faces.captured_at >= ?, 0)', filter.from);
  if (filter.until !== undefined) add('ifnull(faces.captured_at < ?, 0)', filter.until);
  for (const tag of filter.tags ?? [])
    add('EXISTS (SELECT 1 FROM tags WHERE face_id = faces.id AND tag = ?)', tag);
  if (filter.leastWeight !== undefined) add('faces.weight >= ?', filter.leastWeight);
  if (filter.leastSizePx !== undefined) add('faces.size_px >= ?', filter.leastSizePx);
  if (filter.isKnown !== undefined) add(`tracks.subject_id IS ${filter.isKnown ? 'NOT NULL' : 'NULL'}`);
  if (filter.excludedSubject !== undefined) add('tracks.subject_id IS NOT ?', filter.excludedSubject);
  if (filter.excludedTrack !== undefined) add('tracks.id <> ?', filter.excludedTrack);
  if (filter.subject !== undefined) add('tracks.subject_id IS ?', filter.subject);
  return { sql: conditions.length === 0 ? '1' : conditions.join(' AND '), values };
}
