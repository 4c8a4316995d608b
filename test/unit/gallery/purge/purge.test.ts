import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { readAudit, verifyAudit } from '../../../../src-main/gallery/audit/audit-log.ts';
import { moveTracks, renameSubject } from '../../../../src-main/gallery/changes/changes.ts';
import { checkIntegrity } from '../../../../src-main/gallery/db/integrity.ts';
import { countFaces } from '../../../../src-main/gallery/db/queries/faces.ts';
import { beginImport, finishImport, itemsToDo } from '../../../../src-main/gallery/db/queries/imports.ts';
import { subjectByName } from '../../../../src-main/gallery/db/queries/subjects.ts';
import { enrolPictures } from '../../../../src-main/gallery/enrol/pictures.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { purgeFaces } from '../../../../src-main/gallery/purge/purge.ts';
import {
  madeActing,
  madeFace,
  madeGallery,
  madePicture,
  madeSpace,
  madeVector,
} from '../../../support/made-gallery.ts';

const MARKER = 'Zebedee-the-marker';

/** 40 faces of eight subjects, five each; subject 3 carries the marker in name, path and tag. */
async function filled(context: TestContext): Promise<Gallery> {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const outcomes = Array.from({ length: 40 }, (_, at) => {
    const isMarked = at % 8 === 3;
    const subject = isMarked ? MARKER : `subject ${at % 8}`;
    const face = madeFace(at, space, { cropFile: Buffer.from(isMarked ? `${MARKER} ${at}` : `crop ${at}`) });
    const picture = madePicture(at, [face], {
      subject,
      capturedAt: at * 1000,
      tags: isMarked ? [`tag ${MARKER}`] : [],
    });
    if (picture.kind === 'read' && isMarked)
      Object.assign(picture.source, { path: `/cam/${MARKER}-${at}.jpg` });
    return picture;
  });
  const items = outcomes.map((outcome) => ({
    name: outcome.kind === 'read' ? outcome.source.path : '',
    item: outcome,
  }));
  const root = `/cam/${MARKER}`;
  const importId = beginImport(gallery.database, { kind: 'folder', root, options: {} }, items, 1);
  await enrolPictures(gallery, importId, [space], outcomes);
  finishImport(gallery.database, importId, 'done', 2);
  return gallery;
}

/** Every byte of the gallery's folder, file names included. */
function everyByte(folder: string): Buffer {
  const parts: Buffer[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) parts.push(Buffer.from(name), readFileSync(path));
  }
  return Buffer.concat(parts);
}

test('a purged subject leaves no byte: name, path, tag, crop, embedding, undo record', async (context) => {
  const gallery = await filled(context);
  const subject = subjectByName(gallery.database, MARKER);
  assert.ok(subject);
  renameSubject(gallery, subject.id, `${MARKER} renamed`);
  const stray = join(gallery.folder, 'crops', 'half.png.tmp');
  writeFileSync(stray, MARKER);
  const vector = Buffer.from(madeVector(3).buffer);
  const before = everyByte(gallery.folder);
  assert.ok(before.includes(MARKER) && before.includes(vector));
  const report = purgeFaces(gallery, { kind: 'subject', subjectId: subject.id });
  assert.deepEqual(
    [
      report.faces,
      report.tracks,
      report.subjects,
      report.sources,
      report.embeddings,
      report.crops,
      report.changes,
    ],
    [5, 5, 1, 5, 5, 5, 1],
  );
  gallery.close();
  const after = everyByte(gallery.folder);
  assert.ok(!after.includes(MARKER), 'the marker is still there');
  assert.ok(!after.includes(vector), 'an embedding is still there');
  assert.ok(after.includes(Buffer.from(madeVector(4).buffer)), 'the others stay');
  const again = Gallery.open(gallery.folder, madeActing());
  assert.equal(countFaces(again.database), 35);
  assert.deepEqual(checkIntegrity(again, ProgressToken.silent()).problems, []);
  again.close();
});

test('the purge is recorded without personal data, and the audit chain holds', async (context) => {
  const gallery = await filled(context);
  const report = purgeFaces(gallery, { kind: 'age', before: 10_000 });
  assert.deepEqual([report.faces, countFaces(gallery.database)], [10, 30]);
  const record = gallery.database
    .prepare('SELECT rule, counts FROM purges WHERE id = ?')
    .get(report.purge) as {
    rule: string;
    counts: string;
  };
  assert.deepEqual(JSON.parse(record.rule), { kind: 'age', before: 10_000 });
  assert.equal(JSON.parse(record.counts).faces, 10);
  assert.equal(readAudit(gallery.database).at(-1)?.action, 'gallery.purged');
  assert.equal(verifyAudit(gallery.database).problem, null);
});

test('a whole purge leaves an empty gallery that goes on', async (context) => {
  const gallery = await filled(context);
  moveTracks(gallery, [1], { name: 'Cy' });
  const report = purgeFaces(gallery, { kind: 'whole' });
  assert.deepEqual([report.faces, countFaces(gallery.database)], [40, 0]);
  const crops = readdirSync(join(gallery.folder, 'crops'), { recursive: true, withFileTypes: true });
  assert.deepEqual(
    crops.filter((entry) => entry.isFile()),
    [],
  );
  const space = madeSpace(gallery);
  const importId = beginImport(
    gallery.database,
    { kind: 'folder', root: '/', options: {} },
    [{ name: 'a', item: {} }],
    1,
  );
  await enrolPictures(gallery, importId, [space], [madePicture(0, [madeFace(1, space)])]);
  assert.equal(countFaces(gallery.database), 1);
});

test('a subject that is not there purges nothing', async (context) => {
  const gallery = await filled(context);
  assert.throws(() => purgeFaces(gallery, { kind: 'subject', subjectId: 99 }), { code: 'not-found' });
  assert.equal(countFaces(gallery.database), 40);
});

test('a purge that was killed after its rows were gone is ended by the next opening', async (context) => {
  const gallery = await filled(context);
  const subject = subjectByName(gallery.database, MARKER);
  assert.ok(subject);
  // As a kill leaves it: the transaction is whole, the crops and free pages are not yet dealt with.
  const { sweep } = gallery.crops;
  gallery.crops.sweep = () => {
    throw new Error('killed');
  };
  assert.throws(() => purgeFaces(gallery, { kind: 'subject', subjectId: subject.id }), /killed/);
  gallery.crops.sweep = sweep;
  gallery.close();
  assert.ok(everyByte(gallery.folder).includes(MARKER), 'its crops are still there');
  Gallery.open(gallery.folder, madeActing()).close();
  assert.ok(!everyByte(gallery.folder).includes(MARKER));
});

test('an unfinished import has nothing of a purged person left to enrol, a finished one no camera and no folder', async (context) => {
  const gallery = await filled(context);
  const { database } = gallery;
  database.prepare('UPDATE imports SET options = ?').run(JSON.stringify({ request: { camera: MARKER } }));
  const key = { kind: 'folder', root: '/new', options: {} };
  const items = [MARKER, 'subject 1', null].map((subject) => ({
    name: `${subject}/a.jpg`,
    item: { subject, path: `/new/${subject}/a.jpg` },
  }));
  const importId = beginImport(database, key, items, 3);
  purgeFaces(gallery, { kind: 'age', before: 1000 });
  assert.equal(itemsToDo(database, importId, -1, 9).length, 3);
  purgeFaces(gallery, { kind: 'subject', subjectId: subjectByName(database, MARKER)?.id ?? 0 });
  assert.deepEqual(
    itemsToDo(database, importId, -1, 9).map(({ position }) => position),
    [1, 2],
  );
  gallery.close();
  assert.ok(!everyByte(gallery.folder).includes(MARKER));
});
