// Subjects: people, known by name or not.

import type { Database } from 'better-sqlite3';
import { prepared, preparedValue } from '../prepared.ts';

export interface Subject {
  readonly id: number;
  /** Null for a person nobody has named. */
  readonly name: string | null;
  readonly note: string;
  readonly createdAt: number;
  readonly tracks: number;
  readonly faces: number;
}

const COUNTED = `
  SELECT subjects.id, subjects.name, subjects.note, subjects.created_at AS createdAt,
    count(DISTINCT tracks.id) AS tracks, count(faces.id) AS faces
  FROM subjects LEFT JOIN tracks ON tracks.subject_id = subjects.id LEFT JOIN faces ON faces.track_id = tracks.id`;

export function subjectById(database: Database, id: number): Subject | null {
  const row = prepared(database, `${COUNTED} WHERE subjects.id = ? GROUP BY subjects.id`).get(id);
  return (row as Subject | undefined) ?? null;
}

export function subjectByName(database: Database, name: string): Subject | null {
  const row = database.prepare(`${COUNTED} WHERE subjects.name = ? GROUP BY subjects.id`).get(name);
  return (row as Subject | undefined) ?? null;
}

export function listSubjects(database: Database): Subject[] {
  return database
    .prepare(`${COUNTED} GROUP BY subjects.id ORDER BY subjects.name, subjects.id`)
    .all() as Subject[];
}

/** The next subjects in order of their names, those without one first; `text` has to be part of the name. */
export function subjectPage(
  database: Database,
  options: {
    readonly text: string | null;
    readonly after: Pick<Subject, 'id' | 'name'> | null;
    readonly limit: number;
  },
): Subject[] {
  const { text, after, limit } = options;
  return database
    .prepare(
      `${COUNTED} WHERE (@text IS NULL OR instr(lower(ifnull(subjects.name, '')), lower(@text)) > 0)
         AND (@id IS NULL OR (ifnull(subjects.name, ''), subjects.id) > (ifnull(@name, ''), @id))
       GROUP BY subjects.id ORDER BY ifnull(subjects.name, ''), subjects.id LIMIT @limit`,
    )
    .all({ text, id: after?.id ?? null, name: after?.name ?? null, limit }) as Subject[];
}

/** The named subject's number; a name that is new gets one. */
export function subjectId(database: Database, name: string, at: number): number {
  const find = preparedValue(database, 'SELECT id FROM subjects WHERE name = ?');
  const known = find.get(name) as number | undefined;
  if (known !== undefined) return known;
  const insert = prepared(database, 'INSERT INTO subjects (name, created_at) VALUES (?, ?)');
  return Number(insert.run(name, at).lastInsertRowid);
}
