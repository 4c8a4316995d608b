import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { readAudit } from '../../../../src-main/gallery/audit/audit-log.ts';
import { moveTracks } from '../../../../src-main/gallery/changes/changes.ts';
import { checkIntegrity } from '../../../../src-main/gallery/db/integrity.ts';
import { putEmbeddings } from '../../../../src-main/gallery/db/queries/embeddings.ts';
import { countFaces, type Face, listFaces } from '../../../../src-main/gallery/db/queries/faces.ts';
import { putProfile } from '../../../../src-main/gallery/db/queries/profiles.ts';
import {
  activateSpace,
  activeSpace,
  countEmbeddings,
  ensureSpace,
  listSpaces,
} from '../../../../src-main/gallery/db/queries/spaces.ts';
import { listSubjects } from '../../../../src-main/gallery/db/queries/subjects.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { purgeFaces } from '../../../../src-main/gallery/purge/purge.ts';
import { type Answer, GalleryIndex } from '../../../../src-main/gallery/search/gallery-index.ts';
import { exportGallery } from '../../../../src-main/processes/exports/gallery-export.ts';
import { importAsNew, importInto } from '../../../../src-main/processes/exports/gallery-import.ts';
import { fillGallery, madeCase, madeFilledGallery, type Named } from '../../../support/made-case.ts';
import { DIMENSION, madeActing, madeGallery, madeVector } from '../../../support/made-gallery.ts';
import { type Files, readFolder, resealed, writeFolder } from '../../../support/made-package.ts';
import { tinyPng } from '../../../support/tiny-png.ts';

const SILENT = ProgressToken.silent();
const NAMES = [
  'Ann "Lee"',
  `Robert'); DROP TABLE faces;--`,
  '=HYPERLINK("http://x","y")',
  '../../etc/passwd',
  'a\nb',
  '<script>',
];

/** Twelve faces: hostile names, unknown people, a track of three, tags, a second space that is not whole. */
async function source(context: TestContext): Promise<Gallery> {
  const pictures: Named[] = Array.from({ length: 12 }, (_, at) => ({
    subject: NAMES[at] ?? null,
    path: `/cam/=${at}"';\n.jpg`,
    camera: `camera ${at % 3}`,
    tags: at % 2 === 0 ? [`tag '"; ${at}`, '+night'] : [],
  }));
  const gallery = await madeFilledGallery(context, pictures);
  const { database } = gallery;
  database.exec('UPDATE faces SET track_id = 8 WHERE id IN (9, 10); DELETE FROM tracks WHERE id IN (9, 10)');
  moveTracks(gallery, [11], { name: 'named by hand' });
  const profile = {
    digest: 'b'.repeat(64),
    modelDigest: 'a'.repeat(64),
    name: 'noisy',
    content: Buffer.from('profile'),
  };
  putProfile(database, profile, 1);
  const key = {
    modelDigest: 'a'.repeat(64),
    profileDigest: profile.digest,
    preprocessing: 1,
    frameDigest: 'f'.repeat(64),
  };
  const other = ensureSpace(database, { ...key, side: 'lr', dimension: DIMENSION }, 1);
  putEmbeddings(database, other, [{ faceId: 2, vector: madeVector(99) }]);
  await madeCase(gallery, 'stays here', [1, 2]);
  return gallery;
}

async function answersOf(gallery: Gallery): Promise<Answer[][]> {
  const space = activeSpace(gallery.database, 'lr');
  assert.ok(space);
  const index = await GalleryIndex.load(gallery.database, space, SILENT);
  const all: Answer[][] = [];
  for (const by of ['face', 'track', 'subject'] as const)
    for (const seed of [1, 5, 70]) all.push(await index.search(madeVector(seed), { by, count: 20 }));
  return all;
}

function facesOf({ database }: Gallery): Face[] {
  return listFaces(database, { after: 0, limit: 1000 });
}

for (const ending of ['', '.zip']) {
  test(`exported to a ${ending || 'folder'} and imported: rows, crops, spaces and answers are the same`, async (context) => {
    const gallery = await source(context);
    const root = join(gallery.folder, '..');
    const target = join(root, `export${ending}`);
    const { faces } = await exportGallery(gallery, target, { force: false }, SILENT);
    assert.equal(faces, 12);
    const folder = join(root, 'again.gallery');
    const report = await importAsNew(target, folder, madeActing(), SILENT);
    assert.deepEqual(
      [report.gallery, report.faces, report.subjects, report.sources, report.duplicates, report.spaces],
      ['again', 12, 7, 12, 0, 2],
    );
    assert.deepEqual(readdirSync(root).sort(), ['again.gallery', `export${ending}`, 'made.gallery']);
    const again = Gallery.open(folder, madeActing());
    context.after(() => again.close());
    assert.deepEqual(checkIntegrity(again, SILENT).problems, []);
    assert.deepEqual(facesOf(again), facesOf(gallery));
    assert.deepEqual(listSubjects(again.database), listSubjects(gallery.database));
    assert.deepEqual(listSpaces(again.database), listSpaces(gallery.database));
    for (const { crop } of facesOf(gallery))
      assert.deepEqual(again.crops.read(crop), gallery.crops.read(crop));
    for (const table of ['faces', 'tracks', 'sources', 'subjects', 'tags', 'embeddings', 'profiles'])
      assert.deepEqual(rowsOf(again, table), rowsOf(gallery, table), table);
    assert.deepEqual(await answersOf(again), await answersOf(gallery));
    const [last] = readAudit(again.database).slice(-1);
    assert.equal(last.action, 'gallery.imported');
    assert.doesNotMatch(JSON.stringify(last), /cam|Ann|export/);
  });
}

/** Everything of a table but when a profile or a space came. */
function rowsOf({ database }: Gallery, table: string): unknown[] {
  const rows = database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all() as Record<string, unknown>[];
  return table === 'profiles' ? rows.map(({ created_at: _, ...row }) => row) : rows;
}

test('the CSV has every face, and no cell that a spreadsheet would run', async (context) => {
  const gallery = await source(context);
  const target = join(gallery.folder, '..', 'export');
  await exportGallery(gallery, target, { force: false }, SILENT);
  const files = await readFolder(target);
  const rows = parse(files.get('faces.csv') as Buffer, { columns: true }) as Record<string, string>[];
  assert.equal(rows.length, 12);
  assert.deepEqual(
    rows.slice(0, 7).map(({ subject }) => subject),
    [
      'Ann "Lee"',
      `Robert'); DROP TABLE faces;--`,
      `'${NAMES[2]}`,
      '../../etc/passwd',
      'a\nb',
      '<script>',
      '',
    ],
  );
  assert.deepEqual(
    [rows[0].tags, rows[0].camera, rows[1]['captured-at'], rows[0]['size-px'], rows[9].track],
    [`'+night;tag '"; 0`, 'camera 0', '1970-01-01T00:00:01.000Z', '16', '8'],
  );
  for (const cell of rows.flatMap((row) => Object.values(row)))
    assert.ok(!/^[=+@]/.test(cell) && !/^-(?!\d+(\.\d+)?$)/.test(cell), cell);
  assert.ok(files.has(rows[3].crop));
  assert.deepEqual([...files.keys()].filter((path) => path.startsWith('embeddings')).sort(), [
    'embeddings/space-1.faces.npy',
    'embeddings/space-1.npy',
    'embeddings/space-2.faces.npy',
    'embeddings/space-2.npy',
  ]);
  assert.doesNotMatch([...files.keys()].join(), /Ann|passwd|\.\./, 'no name becomes a file name');
});

test('an empty gallery travels too', async (context) => {
  const gallery = await madeGallery(context);
  const root = join(gallery.folder, '..');
  await exportGallery(gallery, join(root, 'empty.zip'), { force: false }, SILENT);
  const report = await importAsNew(join(root, 'empty.zip'), join(root, 'e.gallery'), madeActing(), SILENT);
  assert.equal(report.faces, 0);
});

test('into a gallery that has some of it: duplicates are left out, subjects of one name become one', async (context) => {
  const gallery = await source(context);
  const root = join(gallery.folder, '..');
  await exportGallery(gallery, join(root, 'export'), { force: false }, SILENT);
  const target = Gallery.create(join(root, 'target.gallery'), madeActing());
  context.after(() => target.close());
  // Of the export's pictures the first three, and one of its own; one of its subjects by name, one other.
  await fillGallery(target, [{ subject: 'Old' }, { subject: NAMES[5] }, { subject: null }]);
  await fillGallery(target, [{ subject: 'Own' }], 40);
  const report = await importInto(target, join(root, 'export'), SILENT);
  assert.deepEqual([report.faces, report.duplicates, report.sources], [9, 3, 9]);
  assert.equal(countFaces(target.database), 13);
  assert.deepEqual(checkIntegrity(target, SILENT).problems, []);
  const byName = new Map(listSubjects(target.database).map(({ name, faces }) => [name, faces]));
  assert.deepEqual(
    [
      byName.get(NAMES[5]),
      byName.get(NAMES[0]),
      byName.get('named by hand'),
      byName.get(NAMES[3]),
      byName.size,
    ],
    [2, undefined, 1, 1, 6],
  );
  const again = await importInto(target, join(root, 'export'), SILENT);
  assert.deepEqual([again.faces, again.duplicates, again.tracks, again.subjects], [0, 12, 0, 0]);
  assert.deepEqual(checkIntegrity(target, SILENT).problems, []);
  assert.equal(countEmbeddings(target.database, activeSpace(target.database, 'lr')?.id ?? 0), 13);
  const crops = readdirSync(join(target.folder, 'crops'), { recursive: true, withFileTypes: true });
  assert.equal(crops.filter((entry) => entry.isFile()).length, 13, 'no crop that nobody names');
});

test('into a gallery whose answering space the export lacks: refused, nothing changed', async (context) => {
  const gallery = await source(context);
  const root = join(gallery.folder, '..');
  await exportGallery(gallery, join(root, 'export'), { force: false }, SILENT);
  const target = Gallery.create(join(root, 'target.gallery'), madeActing());
  context.after(() => target.close());
  await fillGallery(target, [{ subject: 'Own' }], 40);
  target.database.exec(`UPDATE spaces SET model_digest = '${'c'.repeat(64)}'`);
  await assert.rejects(importInto(target, join(root, 'export'), SILENT), {
    code: 'bad-usage',
    message:
      /searches of target are answered by student cccccccccccc…, and the export does not have every face/,
  });
  assert.equal(countFaces(target.database), 1);
  assert.deepEqual(readdirSync(root).sort(), ['export', 'made.gallery', 'target.gallery']);
});

test('a side that the gallery does not have comes along, and answers once every face is embedded in it', async (context) => {
  const gallery = await source(context);
  const { database } = gallery;
  const key = {
    modelDigest: 'e'.repeat(64),
    profileDigest: null,
    preprocessing: 1,
    frameDigest: 'f'.repeat(64),
  };
  const own = ensureSpace(database, { ...key, side: 'hr', dimension: DIMENSION }, 1);
  const entries = facesOf(gallery).map(({ id }) => ({ faceId: id, vector: madeVector(200 + id) }));
  putEmbeddings(database, own, entries);
  activateSpace(database, own.id);
  const root = join(gallery.folder, '..');
  await exportGallery(gallery, join(root, 'export'), { force: false }, SILENT);
  const target = Gallery.create(join(root, 'target.gallery'), madeActing());
  context.after(() => target.close());
  await fillGallery(target, [{ subject: 'Own' }], 40);
  const { faces } = await importInto(target, join(root, 'export'), SILENT);
  assert.equal(faces, 12);
  const hr = listSpaces(target.database).find(({ side }) => side === 'hr');
  assert.deepEqual([hr?.state, hr?.isActive, hr?.embeddings], ['filling', false, 12]);
});

test('numbers of rows that an index could not hold are refused', async (context) => {
  const gallery = await source(context);
  const root = join(gallery.folder, '..');
  await exportGallery(gallery, join(root, 'export'), { force: false }, SILENT);
  const target = Gallery.create(join(root, 'target.gallery'), madeActing());
  context.after(() => target.close());
  await fillGallery(target, [{ subject: 'Own' }], 40);
  target.database.exec(
    'PRAGMA foreign_keys = OFF; UPDATE faces SET id = 4294967290; PRAGMA foreign_keys = ON',
  );
  target.database.exec('UPDATE embeddings SET face_id = 4294967290');
  await assert.rejects(importInto(target, join(root, 'export'), SILENT), {
    code: 'bad-data',
    message: /row 5 of the export's faces would get the number 4294967295, and 4294967294 is the highest/,
  });
  assert.equal(countFaces(target.database), 1);
});

interface Meddled {
  readonly name: string;
  readonly message: RegExp;
  readonly meddle: (files: Files) => void;
}

/** Replaces in the text of a file; the file must have it. */
function swap(files: Files, name: string, from: string | RegExp, to: string): void {
  const before = String(files.get(name));
  const after = before.replace(from, to);
  assert.notEqual(after, before, `${name} has ${from}`);
  files.set(name, Buffer.from(after));
}

function firstCrop(files: Files): string {
  return [...files.keys()].find((path) => path.startsWith('crops/')) as string;
}

const VECTORS = 'embeddings/space-1.npy';
const OWNERS = 'embeddings/space-1.faces.npy';

const MEDDLED: readonly Meddled[] = [
  {
    name: 'a NaN',
    message: /embedding of face 12 has a value that is no finite number/,
    meddle: (files) => {
      const bytes = Buffer.from(files.get(VECTORS) as Buffer);
      bytes.writeFloatLE(Number.NaN, bytes.length - 4);
      files.set(VECTORS, bytes);
    },
  },
  {
    name: 'a vector that is not of length 1',
    message: /embedding of face 12 has length .*, embeddings must have length 1/,
    meddle: (files) => {
      const bytes = Buffer.from(files.get(VECTORS) as Buffer);
      bytes.writeFloatLE(5, bytes.length - 4);
      files.set(VECTORS, bytes);
    },
  },
  {
    name: 'embeddings of another shape than said',
    message: /space-1\.npy and .* are not the 12 embeddings of 8 dimensions/,
    meddle: (files) => {
      const bytes = files.get(VECTORS) as Buffer;
      files.set(VECTORS, Buffer.from(bytes.toString('latin1').replace('(12, 8)', '(6, 16)'), 'latin1'));
    },
  },
  {
    name: 'an embedding of nobody',
    message: /has an embedding of face 99, and no such face/,
    meddle: (files) => {
      const bytes = Buffer.from(files.get(OWNERS) as Buffer);
      bytes.writeBigInt64LE(99n, bytes.length - 8);
      files.set(OWNERS, bytes);
    },
  },
  {
    name: 'a crop that does not decode',
    message: /crops\/.*\.png cannot be decoded/,
    meddle: (files) =>
      replaceCrop(files, Buffer.concat([tinyPng(16, 16, 77).subarray(0, 50), Buffer.alloc(40)])),
  },
  {
    name: 'a crop that is no picture',
    message: /crops\/.*\.png is no PNG/,
    meddle: (files) => replaceCrop(files, Buffer.from('#!/bin/sh')),
  },
  {
    name: 'a crop that calls itself a JPEG',
    message: /crops\/.*\.jpg is no plain JPEG/,
    meddle: (files) => {
      const path = firstCrop(files);
      files.set(path.replace('.png', '.jpg'), files.get(path) as Buffer);
      files.delete(path);
    },
  },
  {
    name: 'a crop of a billion pixels',
    message: /crops\/.*\.png is 60000×60000 .* pixels, over the limit/,
    meddle: (files) => replaceCrop(files, hugePng()),
  },
  {
    name: 'a crop that nobody has',
    message: /lacks the crop of face \d+/,
    meddle: (files) => files.delete(firstCrop(files)),
  },
  {
    name: 'a crop under a name that is not its digest',
    message: /has another SHA-256 than its name/,
    meddle: (files) => files.set(firstCrop(files), tinyPng(3, 3, 3)),
  },
  {
    name: 'a crop too many',
    message: /which no face of it names/,
    meddle: (files) => {
      const png = tinyPng(9, 9, 9);
      files.set(cropNameOf(png), png);
    },
  },
  {
    name: 'a file that no export has',
    message: /run\.sh is no part of a gallery's export/,
    meddle: (files) => files.set('run.sh', Buffer.from('rm -rf /')),
  },
  {
    name: 'a face of no track',
    message: /contradicts itself: its rows break a rule \(FOREIGN KEY/,
    meddle: (files) => swap(files, 'faces.jsonl', '"trackId":3', '"trackId":333'),
  },
  {
    name: 'two faces of one number',
    message: /contradicts itself: its rows break a rule \(UNIQUE/,
    meddle: (files) => swap(files, 'faces.jsonl', '{"id":3,', '{"id":2,'),
  },
  {
    name: 'SQL for a number',
    message: /tracks\.jsonl, line 1 has "1; DROP TABLE faces" for id, expected a whole number/,
    meddle: (files) => swap(files, 'tracks.jsonl', '"id":1,', '"id":"1; DROP TABLE faces",'),
  },
  {
    name: 'a number that an index could not hold',
    message: /faces\.jsonl, line 12 has 4294967295 for id, expected a whole number from 1 to 4294967294/,
    meddle: (files) => swap(files, 'faces.jsonl', '{"id":12,', '{"id":4294967295,'),
  },
  {
    name: 'lines that are missing',
    message: /subjects\.jsonl has 6 lines, and the export says 7/,
    meddle: (files) => swap(files, 'subjects.jsonl', /^.*\n/, ''),
  },
  {
    name: 'a line that is no JSON',
    message: /sources\.jsonl, line 2 is no JSON/,
    meddle: (files) => swap(files, 'sources.jsonl', '{"id":2', '{"id":2;'),
  },
  {
    name: 'a header that is an array',
    message: /gallery\.json is no JSON object/,
    meddle: (files) => files.set('gallery.json', Buffer.from('[]')),
  },
  {
    name: 'a dimension that fills the memory',
    message: /has 1000000000 for dimension, expected a whole number from 1 to 65536/,
    meddle: (files) => swap(files, 'gallery.json', '"dimension": 8', '"dimension": 1000000000'),
  },
];

function cropNameOf(png: Buffer): string {
  const path = [...resealed(new Map([['x', png]]))].find(([name]) => name === 'SHA256SUMS');
  const digest = String(path?.[1]).slice(0, 64);
  return `crops/${digest.slice(0, 2)}/${digest}.png`;
}

/** Other bytes in the place of a crop, under their own digest, which the face names. */
function replaceCrop(files: Files, bytes: Buffer): void {
  const old = firstCrop(files);
  const name = cropNameOf(bytes);
  files.delete(old);
  files.set(name, bytes);
  swap(files, 'faces.jsonl', old.slice(9, 73), name.slice(9, 73));
}

/** 60,000 × 60,000 pixels by its header. */
function hugePng(): Buffer {
  const png = Buffer.from(tinyPng(1, 1, 0));
  png.writeUInt32BE(60_000, 16);
  png.writeUInt32BE(60_000, 20);
  return png;
}

test('exports with a fitting manifest and hostile content: refused in one sentence, nothing left, nothing changed', async (context) => {
  const gallery = await source(context);
  const root = join(gallery.folder, '..');
  await exportGallery(gallery, join(root, 'export'), { force: false }, SILENT);
  const whole = await readFolder(join(root, 'export'));
  const target = Gallery.create(join(root, 'target.gallery'), madeActing());
  context.after(() => target.close());
  await fillGallery(target, [{ subject: 'Own' }], 40);
  const before = await readFolder(join(target.folder, 'crops'));
  for (const [at, { name, message, meddle }] of MEDDLED.entries()) {
    const files = new Map(whole);
    meddle(files);
    const bad = join(root, `bad-${at}`);
    await writeFolder(bad, resealed(files));
    const folder = join(root, `bad-${at}.gallery`);
    const refused = (error: Error & { code?: string }): boolean => {
      assert.match(error.message, message, name);
      assert.ok(['bad-data', 'bad-image', 'not-finite'].includes(String(error.code)), error.code);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    };
    await assert.rejects(importAsNew(bad, folder, madeActing(), SILENT), refused, name);
    await assert.rejects(importInto(target, bad, SILENT), refused, name);
    assert.ok(!existsSync(folder), name);
    assert.deepEqual(
      readdirSync(root).filter((entry) => entry.includes('partial')),
      [],
      name,
    );
    assert.deepEqual(await readFolder(join(target.folder, 'crops')), before, name);
  }
  assert.equal(countFaces(target.database), 1);
  assert.deepEqual(checkIntegrity(target, SILENT).problems, []);
});

test('a place that is taken is refused; cancelled at any moment, nothing is left', async (context) => {
  const gallery = await source(context);
  const root = join(gallery.folder, '..');
  await exportGallery(gallery, join(root, 'export'), { force: false }, SILENT);
  writeFileSync(join(root, 'taken.gallery'), '');
  await assert.rejects(importAsNew(join(root, 'export'), join(root, 'taken.gallery'), madeActing(), SILENT), {
    code: 'bad-usage',
  });
  const target = Gallery.create(join(root, 'target.gallery'), madeActing());
  context.after(() => target.close());
  let reports = 0;
  for (let stopAt = 1; ; stopAt++) {
    reports = 0;
    const controller = new AbortController();
    const token = new ProgressToken(() => {
      if (++reports === stopAt) controller.abort();
    }, controller.signal);
    const folder = join(root, 'c.gallery');
    const outcome = await importAsNew(join(root, 'export'), folder, madeActing(), token).catch(
      (error) => error,
    );
    if (outcome.code === undefined && reports < stopAt) break;
    if (outcome.code === undefined) continue;
    assert.equal(outcome.code, 'cancelled');
    await assert.rejects(
      importInto(target, join(root, 'export'), new ProgressToken(() => {}, controller.signal)),
      {
        code: 'cancelled',
      },
    );
    assert.deepEqual(readdirSync(root).sort(), ['export', 'made.gallery', 'taken.gallery', 'target.gallery']);
  }
  assert.ok(reports >= 3, `${reports} reports`);
  assert.equal(countFaces(target.database), 0);
});

test('purged faces are not in an export', async (context) => {
  const gallery = await source(context);
  purgeFaces(gallery, { kind: 'subject', subjectId: 1 });
  const target = join(gallery.folder, '..', 'export');
  await exportGallery(gallery, target, { force: false }, SILENT);
  const all = Buffer.concat([...(await readFolder(target)).values()]);
  assert.ok(!all.includes('Ann') && all.includes('DROP TABLE'));
});
