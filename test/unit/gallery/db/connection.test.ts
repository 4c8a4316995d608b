import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { closeDatabase, openDatabase } from '../../../../src-main/gallery/db/connection.ts';
import { APPLICATION_ID, type Migration } from '../../../../src-main/gallery/db/migrate.ts';
import { MIGRATIONS } from '../../../../src-main/gallery/db/migrations/index.ts';
import { readEmbeddings } from '../../../../src-main/gallery/db/queries/embedding-slices.ts';
import { damagedRows } from '../../../../src-main/gallery/db/row-checksums.ts';
import { holdGallery } from '../../../support/gallery-holder.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const NEXT: Migration = {
  version: MIGRATIONS.length + 1,
  sql: 'CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;',
};

test('a new file has every table strict, foreign keys on, secure deletes, and our mark', async (context) => {
  const database = openDatabase(join(await temporaryFolder(context), 'g.sqlite'));
  const tables = database
    .prepare(`SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'`)
    .all() as {
    name: string;
    strict: number;
  }[];
  assert.ok(tables.length >= 14, `${tables.length} tables`);
  assert.deepEqual(
    tables.filter(({ strict }) => strict === 0),
    [],
  );
  const pragma = (name: string): unknown => database.pragma(name, { simple: true });
  assert.deepEqual(
    ['foreign_keys', 'secure_delete', 'journal_mode', 'application_id', 'user_version'].map(pragma),
    [1, 1, 'wal', APPLICATION_ID, MIGRATIONS.length],
  );
  closeDatabase(database);
});

test('an older file is backed up, then migrated; its rows stay', async (context) => {
  const path = join(await temporaryFolder(context), 'g.sqlite');
  const old = openDatabase(path);
  old.prepare(`INSERT INTO subjects (name, created_at) VALUES ('Ann', 1)`).run();
  closeDatabase(old);
  const migrated = openDatabase(path, [...MIGRATIONS, NEXT]);
  assert.equal(migrated.pragma('user_version', { simple: true }), NEXT.version);
  assert.equal(migrated.prepare('SELECT name FROM subjects').pluck().get(), 'Ann');
  closeDatabase(migrated);
  const backup = new Sqlite(`${path}.version-${MIGRATIONS.length}.backup`);
  assert.equal(backup.prepare('SELECT name FROM subjects').pluck().get(), 'Ann');
  assert.equal(backup.pragma('user_version', { simple: true }), MIGRATIONS.length);
  backup.close();
  assert.throws(() => openDatabase(path), {
    code: 'unsupported',
    message: new RegExp(`has version ${NEXT.version}, and this Glimpse knows up to ${MIGRATIONS.length}`),
  });
});

test('a version that changes no row needs no backup, which takes long for a large gallery', async (context) => {
  const path = join(await temporaryFolder(context), 'g.sqlite');
  closeDatabase(openDatabase(path));
  const marked = { ...NEXT, sql: '' };
  const migrated = openDatabase(path, [...MIGRATIONS, marked]);
  assert.equal(migrated.pragma('user_version', { simple: true }), NEXT.version);
  closeDatabase(migrated);
  assert.equal(existsSync(`${path}.version-${MIGRATIONS.length}.backup`), false);
  assert.throws(() => openDatabase(path), { code: 'unsupported' });
});

test('a migration that fails leaves the file as it was', async (context) => {
  const path = join(await temporaryFolder(context), 'g.sqlite');
  closeDatabase(openDatabase(path));
  const broken = { ...NEXT, sql: 'CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE half (id INTEGER);' };
  assert.throws(() => openDatabase(path, [...MIGRATIONS, broken]));
  const database = openDatabase(path);
  assert.equal(database.prepare(`SELECT count(*) FROM sqlite_master WHERE name = 'half'`).pluck().get(), 0);
  closeDatabase(database);
});

test('a foreign database, no database, and a cut-off one are each one sentence; nothing is changed', async (context) => {
  const folder = await temporaryFolder(context);
  const foreign = join(folder, 'foreign.sqlite');
  const other = new Sqlite(foreign);
  other.exec('CREATE TABLE notes (text)');
  other.close();
  const text = join(folder, 'text.sqlite');
  await writeFile(text, 'this is no database at all, but long enough to be one '.repeat(40));
  const cut = join(folder, 'cut.sqlite');
  closeDatabase(openDatabase(cut));
  await truncate(cut, 5000);
  for (const [path, message] of [
    [foreign, /foreign\.sqlite is no Glimpse gallery/],
    [text, /text\.sqlite is damaged or no gallery \(.*\): restore a backup/],
    [cut, /cut\.sqlite is damaged or no gallery/],
  ] as const) {
    const before = await readFile(path);
    assert.throws(() => openDatabase(path), { code: 'bad-data', message });
    if (path !== foreign) assert.deepEqual(await readFile(path), before);
    assert.ok(!existsSync(`${path}.holder.json`));
  }
});

test('a second process is told who holds it; after a kill nobody does', async (context) => {
  const path = join(await temporaryFolder(context), 'g.sqlite');
  const holder = await holdGallery(path);
  assert.throws(() => openDatabase(path), {
    code: 'in-use',
    message: new RegExp(`g\\.sqlite is held by process ${holder.pid} on .* since 20.*: close it there first`),
  });
  await holder.kill();
  assert.ok(existsSync(`${path}.holder.json`), 'the dead process could not tidy up');
  closeDatabase(openDatabase(path));
  assert.ok(!existsSync(`${path}.holder.json`));
});

test('a file of the first version gets checksums for every embedding and row that it has', async (context) => {
  const path = join(await temporaryFolder(context), 'g.sqlite');
  const old = openDatabase(path, MIGRATIONS.slice(0, 1));
  const vector = Buffer.from(Float32Array.of(1, 0).buffer);
  old.exec(`INSERT INTO subjects (id, name, created_at) VALUES (1, 'Ann', 1); INSERT INTO tracks (id, subject_id, origin, created_at) VALUES (1, 1, 'single', 1);
    INSERT INTO sources (id, sha256, path, kind, width, height, enrolled_at) VALUES (1, zeroblob(32), 'a', 'crop', 1, 1, 1);
    INSERT INTO faces (id, track_id, source_id, face_index, box_x, box_y, box_width, box_height, crop, size_px, sharpness, weight, reasons, created_at)
      VALUES (1, 1, 1, 0, 0, 0, 1, 1, zeroblob(32), 0.1, 1, 0.3, '[]', 1);
    INSERT INTO spaces (id, model_digest, preprocessing, frame_digest, side, dimension, state, created_at) VALUES (1, 'm', 1, 'f', 'lr', 2, 'filling', 1);`);
  old.prepare('INSERT INTO embeddings (space_id, face_id, vector) VALUES (1, 1, ?)').run(vector);
  closeDatabase(old);
  const database = openDatabase(path);
  const space = { id: 1, dimension: 2 };
  assert.deepEqual([...readEmbeddings(database, space)], [{ faceId: 1, vector: Float32Array.of(1, 0) }]);
  assert.deepEqual([...damagedRows(database)], []);
  database.prepare(`UPDATE subjects SET name = 'Bo' WHERE id = 1`).run();
  database.prepare('INSERT INTO cameras (name) VALUES (?)').run('door');
  assert.deepEqual([...damagedRows(database)], [], 'kept when rows are written');
  database.prepare('UPDATE faces SET checksum = checksum + 1 WHERE id = 1').run();
  assert.deepEqual([...damagedRows(database)], ['row 1 of faces is damaged: its checksum differs']);
  closeDatabase(database);
});
