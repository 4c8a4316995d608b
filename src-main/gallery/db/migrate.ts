// Brings a gallery file to the newest version: forward only, each step in a transaction, after a backup.

import type { Database } from 'better-sqlite3';
import { assert } from '../../common/assert.ts';
import { ensure } from '../../common/errors.ts';

export interface Migration {
  /** `user_version` after it; 1, 2, 3 … without gaps. */
  readonly version: number;
  /** Empty where the database stays as it is, and its number alone keeps older versions from what they would do wrong. */
  readonly sql: string;
}

/** "GLMP": tells a gallery from any other SQLite file. */
export const APPLICATION_ID = 0x474c_4d50;

/**
 * `backUp` is called once, before the first change to rows or tables of a file that holds anything. Throws `bad-data` for a file
 * of another application and `unsupported` for one that a newer Glimpse has written.
 */
export function migrate(
  database: Database,
  path: string,
  migrations: readonly Migration[],
  backUp: (version: number) => void,
): void {
  for (const [index, migration] of migrations.entries())
    assert(migration.version === index + 1, 'migrations are numbered from 1');
  const version = database.pragma('user_version', { simple: true }) as number;
  const newest = migrations.length;
  const isNew = version === 0 && isEmpty(database);
  const owner = database.pragma('application_id', { simple: true }) as number;
  ensure(isNew || owner === APPLICATION_ID, 'bad-data', `${path} is no Glimpse gallery`);
  ensure(
    version <= newest,
    'unsupported',
    `${path} has version ${version}, and this Glimpse knows up to ${newest}: open it with a newer Glimpse`,
  );
  if (version === newest) return;
  const steps = migrations.slice(version);
  if (!isNew && steps.some(({ sql }) => sql !== '')) backUp(version);
  for (const migration of steps) {
    database.transaction(() => {
      database.exec(migration.sql);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${migration.version}`);
    })();
  }
}

function isEmpty(database: Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() === undefined;
}
