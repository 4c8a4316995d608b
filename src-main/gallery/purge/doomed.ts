// What goes with the faces of a purge: tracks, subjects and files that have no other face, and every name these ever had here.

import type { Database } from 'better-sqlite3';

/** All by the faces in `temp.purged`; filled before any row is removed. */
export interface Doomed {
  readonly subjects: ReadonlySet<number>;
  readonly tracks: ReadonlySet<number>;
  readonly paths: readonly string[];
  /** Of the doomed subjects: now, and in undo records. */
  readonly names: readonly string[];
  readonly isFace: (id: number) => boolean;
  readonly isCrop: (digest: string) => boolean;
  readonly isSource: (sha256: string) => boolean;
  /** Names of subjects who stay. */
  readonly isNameInUse: (name: string) => boolean;
}

interface SnapshotRows {
  readonly rows?: { readonly subjects?: readonly { readonly id: number; readonly name: string | null }[] };
}

export function findDoomed(database: Database): Doomed {
  const numbers = (sql: string): Set<number> => new Set(database.prepare(sql).pluck().all() as number[]);
  const has = (sql: string): ((value: number | Buffer | string) => boolean) => {
    const statement = database.prepare(sql);
    return (value) => statement.get(value) !== undefined;
  };
  const tracks = numbers(
    `SELECT DISTINCT track_id FROM faces JOIN temp.purged USING (id) WHERE NOT EXISTS
       (SELECT 1 FROM faces AS other WHERE other.track_id = faces.track_id AND other.id NOT IN temp.purged)`,
  );
  const subjects = numbers(
    `SELECT id FROM subjects WHERE NOT EXISTS
       (SELECT 1 FROM faces JOIN tracks ON tracks.id = track_id WHERE subject_id = subjects.id AND faces.id NOT IN temp.purged)`,
  );
  const paths = database
    .prepare(
      `SELECT DISTINCT path FROM sources JOIN faces ON source_id = sources.id JOIN temp.purged ON temp.purged.id = faces.id
       WHERE NOT EXISTS (SELECT 1 FROM faces AS other WHERE other.source_id = sources.id AND other.id NOT IN temp.purged)`,
    )
    .pluck()
    .all() as string[];
  const crop = has('SELECT 1 FROM faces JOIN temp.purged USING (id) WHERE crop = ?');
  const source = has(
    'SELECT 1 FROM sources JOIN faces ON source_id = sources.id JOIN temp.purged ON temp.purged.id = faces.id WHERE sha256 = ?',
  );
  const owner = database.prepare('SELECT id FROM subjects WHERE name = ?').pluck();
  return {
    subjects,
    tracks,
    paths,
    names: namesOf(database, subjects),
    isFace: has('SELECT 1 FROM temp.purged WHERE id = ?'),
    isCrop: (digest) => crop(Buffer.from(digest, 'hex')),
    isSource: (sha256) => source(Buffer.from(sha256, 'hex')),
    isNameInUse: (name) => {
      const id = owner.get(name) as number | undefined;
      return id !== undefined && !subjects.has(id);
    },
  };
}

function namesOf(database: Database, subjects: ReadonlySet<number>): string[] {
  const names: string[] = [];
  const current = database.prepare('SELECT id, name FROM subjects WHERE name IS NOT NULL');
  for (const { id, name } of current.all() as { id: number; name: string }[])
    if (subjects.has(id)) names.push(name);
  const changes = database.prepare('SELECT before, after FROM changes');
  for (const row of changes.iterate() as IterableIterator<{ before: string; after: string }>) {
    for (const text of [row.before, row.after]) {
      const { rows } = JSON.parse(text) as SnapshotRows;
      for (const { id, name } of rows?.subjects ?? [])
        if (subjects.has(id) && name !== null) names.push(name);
    }
  }
  return names;
}
