import assert from 'node:assert/strict';
import { cpSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { backUpGallery } from '../../../../src-main/gallery/db/backup.ts';
import { checkIntegrity } from '../../../../src-main/gallery/db/integrity.ts';
import { countFaces } from '../../../../src-main/gallery/db/queries/faces.ts';
import { beginImport } from '../../../../src-main/gallery/db/queries/imports.ts';
import { enrolPictures } from '../../../../src-main/gallery/enrol/pictures.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { madeActing, madeFace, madeGallery, madePicture, madeSpace } from '../../../support/made-gallery.ts';

const SILENT = ProgressToken.silent();

async function filled(context: TestContext, pictures = 20): Promise<Gallery> {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const outcomes = Array.from({ length: pictures }, (_, at) => madePicture(at, [madeFace(at, space)]));
  const items = outcomes.map(({ position }) => ({ name: `p${position}.jpg`, item: {} }));
  const importId = beginImport(gallery.database, { kind: 'folder', root: '/', options: {} }, items, 1);
  await enrolPictures(gallery, importId, [space], outcomes);
  return gallery;
}

test('a whole gallery has no problems', async (context) => {
  const report = checkIntegrity(await filled(context), SILENT);
  assert.deepEqual([report.faces, report.embeddings, report.problems], [20, 20, []]);
});

test('a missing crop, a changed vector, a loose reference: each is named', async (context) => {
  const gallery = await filled(context);
  const { database } = gallery;
  const crop = (id: number): Buffer =>
    database.prepare('SELECT crop FROM faces WHERE id = ?').pluck().get(id) as Buffer;
  gallery.crops.remove(crop(3));
  writeFileSync(gallery.crops.pathOf(crop(4)), 'other');
  database.prepare('UPDATE embeddings SET vector = zeroblob(32) WHERE face_id = 9').run();
  database.pragma('foreign_keys = OFF');
  database.prepare('UPDATE faces SET track_id = 999 WHERE id = 5').run();
  const { problems } = checkIntegrity(gallery, SILENT);
  assert.equal(problems.length, 4, problems.join('\n'));
  assert.match(problems[0], /^faces 5 points at a missing row of tracks$/);
  assert.match(problems[1], /^face 3: .* is missing/);
  assert.match(problems[2], /^face 4: .* is damaged/);
  assert.match(problems[3], /^space 1: embedding of face 9 is damaged: its checksum differs/);
});

test('a backup is a gallery of its own, taken while the first one is open', async (context) => {
  const gallery = await filled(context);
  const folder = join(gallery.folder, '..', 'copy.gallery');
  assert.deepEqual(backUpGallery(gallery, folder, SILENT), { faces: 20 });
  assert.throws(() => backUpGallery(gallery, folder, SILENT), {
    code: 'bad-usage',
    message: /already holds a gallery/,
  });
  const copy = Gallery.open(folder, madeActing());
  assert.deepEqual(checkIntegrity(copy, SILENT).problems, []);
  assert.equal(countFaces(copy.database), 20);
  copy.close();
});

test('a gallery is moved as a whole', async (context) => {
  const gallery = await filled(context);
  const moved = join(gallery.folder, '..', 'elsewhere');
  gallery.close();
  renameSync(gallery.folder, moved);
  const there = Gallery.open(moved, madeActing());
  assert.deepEqual(checkIntegrity(there, SILENT).problems, []);
  there.close();
});

test('a flipped byte anywhere in the file: told on opening or by the check, or nothing was lost', async (context) => {
  const gallery = await filled(context);
  gallery.close();
  const path = join(gallery.folder, 'gallery.sqlite');
  const whole = await readFile(path);
  let told = 0;
  for (let at = 120; at < whole.length; at += Math.floor(whole.length / 25)) {
    const bytes = Buffer.from(whole);
    bytes[at] ^= 0xff;
    await writeFile(path, bytes);
    try {
      const damaged = Gallery.open(gallery.folder, madeActing());
      try {
        if (checkIntegrity(damaged, SILENT).problems.length > 0) told++;
      } finally {
        damaged.close();
      }
    } catch (error) {
      assert.match(String(error), /damaged|malformed|no Glimpse gallery|newer/);
      told++;
    }
    await writeFile(path, whole);
  }
  assert.ok(told > 0, 'some of the bytes matter');
});

test('a truncated journal loses what was not whole, and no more', async (context) => {
  const gallery = await filled(context, 5);
  const space = madeSpace(gallery);
  const path = join(gallery.folder, 'gallery.sqlite');
  gallery.database.pragma('wal_checkpoint(TRUNCATE)');
  const importId = beginImport(
    gallery.database,
    { kind: 'folder', root: '/', options: {} },
    [{ name: 'a', item: {} }],
    1,
  );
  await enrolPictures(gallery, importId, [space], [madePicture(77, [madeFace(77, space)])]);
  // As a crash leaves it: a copy of the open files, the journal cut in its last third.
  const copy = join(gallery.folder, '..', 'crashed.gallery');
  cpSync(gallery.folder, copy, { recursive: true });
  const journal = join(copy, 'gallery.sqlite-wal');
  assert.ok(existsSync(journal));
  const file = await open(journal);
  const { size } = await file.stat();
  await file.close();
  await truncate(journal, Math.floor(size * 0.7));
  const crashed = Gallery.open(copy, madeActing());
  assert.deepEqual(checkIntegrity(crashed, SILENT).problems, []);
  assert.ok([5, 6].includes(countFaces(crashed.database)));
  crashed.close();
  assert.ok(existsSync(path));
});
