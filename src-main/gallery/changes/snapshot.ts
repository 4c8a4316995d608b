// Rows of subjects, tracks and faces as they are, and how they are brought back.

import type { Database } from 'better-sqlite3';

/** The rows that an action may change. */
export interface Touched {
  readonly subjects: readonly number[];
  readonly tracks: readonly number[];
  readonly faces: readonly number[];
}

export interface SubjectRow {
  readonly id: number;
  readonly name: string | null;
  readonly note: string;
  readonly created_at: number;
}

export interface TrackRow {
  readonly id: number;
  readonly subject_id: number | null;
  readonly camera_id: number | null;
  readonly origin: string;
  readonly label: string | null;
  readonly created_at: number;
}

/** Of a face only its track can change. */
export interface FaceRow {
  readonly id: number;
  readonly track_id: number;
}

/** What stands in those rows; a row that is not there is absent. */
export interface Snapshot {
  readonly subjects: readonly SubjectRow[];
  readonly tracks: readonly TrackRow[];
  readonly faces: readonly FaceRow[];
}

export function takeSnapshot(database: Database, touched: Touched): Snapshot {
  const rows = <Row>(sql: string, ids: readonly number[]): Row[] => {
    const statement = database.prepare(sql);
    return [...new Set(ids)]
      .sort((left, right) => left - right)
      .flatMap((id) => (statement.get(id) as Row) ?? []);
  };
  return {
    subjects: rows<SubjectRow>(
      'SELECT id, name, note, created_at FROM subjects WHERE id = ?',
      touched.subjects,
    ),
    tracks: rows<TrackRow>(
      'SELECT id, subject_id, camera_id, origin, label, created_at FROM tracks WHERE id = ?',
      touched.tracks,
    ),
    faces: rows<FaceRow>('SELECT id, track_id FROM faces WHERE id = ?', touched.faces),
  };
}

/**
 * Whether a row that the snapshot lacks has come to own others than the touched ones: subjects tracks, tracks faces. It cannot go
 * without those.
 */
export function wouldOrphan(database: Database, touched: Touched, snapshot: Snapshot): boolean {
  const ownsOthers = (sql: string, owners: readonly number[], known: ReadonlySet<number>): boolean => {
    const owned = database.prepare(sql).pluck();
    return owners.some((owner) => (owned.all(owner) as number[]).some((id) => !known.has(id)));
  };
  const [subjects, tracks] = [
    absent(touched.subjects, snapshot.subjects),
    absent(touched.tracks, snapshot.tracks),
  ];
  return (
    ownsOthers('SELECT id FROM tracks WHERE subject_id = ?', subjects, new Set(touched.tracks)) ||
    ownsOthers('SELECT id FROM faces WHERE track_id = ?', tracks, new Set(touched.faces))
  );
}

function absent(ids: readonly number[], rows: readonly { readonly id: number }[]): number[] {
  return ids.filter((id) => !rows.some((row) => row.id === id));
}

/** Makes the touched rows what the snapshot says, in an order that keeps every reference whole. */
export function restoreSnapshot(database: Database, touched: Touched, snapshot: Snapshot): void {
  // Names are unique, and two subjects may swap theirs: all let go of them first.
  for (const { id } of snapshot.subjects)
    database.prepare('UPDATE subjects SET name = NULL WHERE id = ?').run(id);
  for (const id of absent(touched.subjects, snapshot.subjects))
    database.prepare('UPDATE subjects SET name = NULL WHERE id = ?').run(id);
  const subject = database.prepare(
    `INSERT INTO subjects (id, name, note, created_at) VALUES (@id, @name, @note, @created_at)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, note = excluded.note`,
  );
  for (const row of snapshot.subjects) subject.run(row);
  const track = database.prepare(
    `INSERT INTO tracks (id, subject_id, camera_id, origin, label, created_at)
     VALUES (@id, @subject_id, @camera_id, @origin, @label, @created_at)
     ON CONFLICT (id) DO UPDATE SET subject_id = excluded.subject_id, camera_id = excluded.camera_id,
       origin = excluded.origin, label = excluded.label`,
  );
  for (const row of snapshot.tracks) track.run(row);
  for (const { id, track_id } of snapshot.faces)
    database.prepare('UPDATE faces SET track_id = ? WHERE id = ?').run(track_id, id);
  for (const id of absent(touched.tracks, snapshot.tracks))
    database.prepare('DELETE FROM tracks WHERE id = ?').run(id);
  for (const id of absent(touched.subjects, snapshot.subjects))
    database.prepare('DELETE FROM subjects WHERE id = ?').run(id);
}
