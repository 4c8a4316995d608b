// One SQLite file, opened the way every gallery is: exclusive, journaled, checked.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { GlimpseError, messageOf } from '../../common/errors.ts';
import { asDiskError } from '../../common/files.ts';
import { type Migration, migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** Who has a gallery open, for the message to whoever comes second. The lock itself is SQLite's, which dies with its process. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

const HOLDER_SUFFIX = '.holder.json';

/**
 * Opens or creates the file and holds it alone until it is closed. Throws `in-use` naming who holds it, `bad-data` for
 * a damaged file or one that is no gallery, `unsupported` for a newer one, `disk-full`.
 */
export function openDatabase(path: string, migrations: readonly Migration[] = MIGRATIONS): Database {
  const existed = existsSync(path);
  let database: Database | null = null;
  try {
    database = new Sqlite(path, { timeout: 500 });
    // Exclusive from the first write on; WAL then keeps its index in memory and needs no shared-memory file.
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('secure_delete = ON');
    database.pragma('trusted_schema = OFF');
    database.exec('BEGIN IMMEDIATE; COMMIT');
    const opened = database;
    migrate(opened, path, migrations, (version) => backUpBefore(opened, path, version));
    writeHolder(path);
    return opened;
  } catch (error) {
    database?.close();
    if (!existed && !isLocked(error))
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    throw asOpenError(error, path);
  }
}

/** Closes the file and says that nobody holds it any more. */
export function closeDatabase(database: Database): void {
  const path = database.name;
  database.close();
  rmSync(`${path}${HOLDER_SUFFIX}`, { force: true });
}

/** Every SQLite error as a GlimpseError with the file's name; other errors as they are. */
export function asGalleryError(error: unknown, path: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return asDiskError(error, path);
  const { code } = error;
  if (
    code === 'SQLITE_FULL' ||
    code.startsWith('SQLITE_IOERR_WRITE') ||
    code.startsWith('SQLITE_IOERR_TRUNCATE')
  )
    return new GlimpseError('disk-full', `no space left to write ${path}: free some and try again`, {
      cause: error,
    });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new GlimpseError(
      'bad-data',
      `${path} is damaged or no gallery (${messageOf(error)}): restore a backup`,
      {
        cause: error,
      },
    );
  return error;
}

function asOpenError(error: unknown, path: string): unknown {
  if (!isLocked(error)) return asGalleryError(error, path);
  const holder = readHolder(path);
  const who =
    holder === null ? 'another process' : `process ${holder.pid} on ${holder.host} since ${holder.since}`;
  return new GlimpseError('in-use', `${path} is held by ${who}: close it there first`, { cause: error });
}

function isLocked(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** Removes the copies that migrations have left beside the file: what is purged must not live on in them. */
export function removeOldVersions({ name: path }: Database): void {
  for (const name of readdirSync(dirname(path)))
    if (name.startsWith(`${basename(path)}.version-`) && name.endsWith('.backup'))
      rmSync(join(dirname(path), name));
}

function backUpBefore(database: Database, path: string, version: number): void {
  const target = `${path}.version-${version}.backup`;
  rmSync(target, { force: true });
  database.prepare('VACUUM INTO ?').run(target);
}

function writeHolder(path: string): void {
  const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  writeFileSync(`${path}${HOLDER_SUFFIX}`, JSON.stringify(holder));
}

function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(`${path}${HOLDER_SUFFIX}`, 'utf8')) as Holder;
  } catch {
    return null;
  }
}
