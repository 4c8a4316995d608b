// One SQLite file, opened the way every gallery is: held by one process, journaled, checked.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { GlimpseError, messageOf } from '../../common/errors.ts';
import { asDiskError } from '../../common/files.ts';
import { type Migration, migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { addChecksumFunctions, keepChecksums } from './row-checksums.ts';

/** Who has a gallery open, for the message to whoever comes second. The lock itself is the kernel's, which dies with its process. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

const HOLDER_SUFFIX = '.holder.json';
const LOCK_SUFFIX = '.lock';
/** The lock's file, as the connection that holds it calls it. */
const HELD = 'held';
/** Four times SQLite's default: an embedding of 2 KiB leaves half of a small page empty. Only new files take it. */
const PAGE_BYTES = 16_384;
const CACHE_KIB = 16_384;

/**
 * Opens or creates the file and holds it alone until it is closed. Throws `in-use` naming who holds it, `bad-data` for
 * a damaged file or one that is no gallery, `unsupported` for a newer one, `disk-full`.
 */
export function openDatabase(path: string, migrations: readonly Migration[] = MIGRATIONS): Database {
  const existed = existsSync(path);
  let database: Database | null = null;
  try {
    database = new Sqlite(path, { timeout: 500 });
    database.pragma(`page_size = ${PAGE_BYTES}`);
    holdLock(database, path);
    setUpWriting(database);
    prepare(database);
    const opened = database;
    migrate(opened, path, migrations, (version) => backUpBefore(opened, path, version));
    keepChecksums(opened);
    writeHolder(path);
    return opened;
  } catch (error) {
    database?.close();
    if (!existed && !isLocked(error))
      for (const suffix of ['', '-wal', '-shm', LOCK_SUFFIX]) rmSync(`${path}${suffix}`, { force: true });
    throw asOpenError(error, path);
  }
}

/** A connection that only reads, for other threads of the process that holds the file. */
export function openReader(path: string): Database {
  try {
    const database = new Sqlite(path, { readonly: true, timeout: 5_000 });
    prepare(database);
    return database;
  } catch (error) {
    throw asGalleryError(error, path);
  }
}

/**
 * A connection for a short look at a file, whoever holds it or nobody: as the last one it takes the journal's files away again, which
 * one that may only read leaves behind. Writes nothing of its own.
 */
export function openToLook(path: string): Database {
  try {
    const database = new Sqlite(path, { fileMustExist: true, timeout: 500 });
    prepare(database);
    database.pragma('query_only = ON');
    return database;
  } catch (error) {
    throw asGalleryError(error, path);
  }
}

/** A second connection that writes, for another thread of the process that holds the file; nothing else may write meanwhile. */
export function openWriter(path: string): Database {
  try {
    const database = new Sqlite(path, { fileMustExist: true, timeout: 5_000 });
    setUpWriting(database);
    prepare(database);
    keepChecksums(database);
    return database;
  } catch (error) {
    throw asGalleryError(error, path);
  }
}

/** Closes the file and, where this connection held it, says that nobody holds it any more. */
export function closeDatabase(database: Database): void {
  const path = database.name;
  const isHolder = (database.pragma('database_list') as { name: string }[]).some(({ name }) => name === HELD);
  database.close();
  if (isHolder) rmSync(`${path}${HOLDER_SUFFIX}`, { force: true });
}

/**
 * Holds a file of its own beside the database, exclusively and until the connection ends: no second process gets in, and
 * this one can still read the database on several connections.
 */
function holdLock(database: Database, path: string): void {
  database.prepare(`ATTACH ? AS ${HELD}`).run(`${path}${LOCK_SUFFIX}`);
  database.pragma(`${HELD}.locking_mode = EXCLUSIVE`);
  database.pragma(`${HELD}.journal_mode = MEMORY`);
  database.exec('BEGIN EXCLUSIVE; COMMIT');
}

function setUpWriting(database: Database): void {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('secure_delete = ON');
}

/** What every connection has. */
function prepare(database: Database): void {
  database.pragma('trusted_schema = OFF');
  database.pragma(`cache_size = -${CACHE_KIB}`);
  addChecksumFunctions(database);
}

/** Every SQLite error as a GlimpseError with the file's name; other errors as they are. */
export function asGalleryError(error: unknown, path: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return asDiskError(error, path);
  const { code } = error;
  if (
    code === 'SQLITE_FULL' ||
    code.startsWith('SQLITE_IOERR_WRITE') ||
    code.startsWith('SQLITE_IOERR_TRUNCATE') ||
    code === 'SQLITE_IOERR_SHMSIZE'
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
  if (!isLocked(error)) {
    const known = asGalleryError(error, path);
    if (!(known instanceof Sqlite.SqliteError)) return known;
    const reason = messageOf(known);
    return new GlimpseError('bad-data', `${path} is damaged or no gallery (${reason}): restore a backup`, {
      cause: error,
    });
  }
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
