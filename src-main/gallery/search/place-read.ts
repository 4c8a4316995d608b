// Who belongs to whom, read from the database on whatever thread: as plain numbers, which pass between threads without a copy.

import type { Database } from 'better-sqlite3';
import type { FaceRange } from '../db/queries/embedding-slices.ts';
import type { Members } from './members.ts';

export interface PlaceQuestion {
  readonly spaceId: number;
  readonly range: FaceRange;
}

/** Face, weight, time, size, track, subject and camera of each embedded face in turn, rising; NaN where there is none. */
export type Places = Float64Array<ArrayBuffer>;

type PlaceRow = [
  faceId: number,
  weight: number,
  capturedAt: number | null,
  sizePx: number,
  trackId: number,
  subjectId: number | null,
  cameraId: number | null,
];

const NUMBERS = 7;
/** Read in one go: its rows are garbage at once. */
const ROWS_PER_READ = 512;

/** Ranges of about so many faces each that cover all of a space, rising. */
export function placeRanges(database: Database, spaceId: number, facesPerRange: number): FaceRange[] {
  const [count, first, last] = database
    .prepare(
      'SELECT count(*), ifnull(min(face_id), 0), ifnull(max(face_id), 0) FROM embeddings WHERE space_id = ?',
    )
    .raw()
    .get(spaceId) as [number, number, number];
  const ranges = Math.ceil(count / facesPerRange);
  const step = Math.ceil((last - first + 1) / ranges);
  return Array.from({ length: ranges }, (_, at) => ({
    first: first + at * step,
    // What is added meanwhile comes with the last one, or is synchronised.
    last: at === ranges - 1 ? Number.MAX_SAFE_INTEGER : first + (at + 1) * step - 1,
  }));
}

export function readPlaces(database: Database, { spaceId, range }: PlaceQuestion): Places {
  const slice = database
    .prepare(
      `SELECT faces.id, faces.weight, faces.captured_at, faces.size_px, tracks.id, tracks.subject_id, tracks.camera_id
       FROM embeddings CROSS JOIN faces ON faces.id = embeddings.face_id CROSS JOIN tracks ON tracks.id = faces.track_id
       WHERE embeddings.space_id = ? AND embeddings.face_id BETWEEN ? AND ? ORDER BY embeddings.face_id LIMIT ?`,
    )
    .raw();
  const numbers: number[] = [];
  for (let from = range.first; ; ) {
    const rows = slice.all(spaceId, from, range.last, ROWS_PER_READ) as PlaceRow[];
    for (const row of rows) {
      for (let column = 0; column < NUMBERS; column++) numbers.push(row[column] ?? Number.NaN);
    }
    if (rows.length < ROWS_PER_READ) return Float64Array.from(numbers);
    from = rows[rows.length - 1][0] + 1;
  }
}

export function countPlaces(places: Places): number {
  return places.length / NUMBERS;
}

/** Puts down who belongs to whom for so many faces from the first one on. */
export function addPlaces(members: Members, places: Places, first: number, count: number): void {
  const end = Math.min(first + count, countPlaces(places)) * NUMBERS;
  for (let from = first * NUMBERS; from < end; from += NUMBERS) {
    members.add(
      {
        id: places[from],
        weight: places[from + 1],
        capturedAt: nullIfNaN(places[from + 2]),
        sizePx: places[from + 3],
      },
      {
        id: places[from + 4],
        subjectId: nullIfNaN(places[from + 5]),
        cameraId: nullIfNaN(places[from + 6]),
      },
    );
  }
}

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
