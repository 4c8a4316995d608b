import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { checkIntegrity } from '../../../../src-main/gallery/db/integrity.ts';
import { readEmbeddings } from '../../../../src-main/gallery/db/queries/embedding-slices.ts';
import { putEmbeddings } from '../../../../src-main/gallery/db/queries/embeddings.ts';
import { countFaces, faceById, listFaces } from '../../../../src-main/gallery/db/queries/faces.ts';
import {
  beginImport,
  countItems,
  failedItems,
  itemsToDo,
} from '../../../../src-main/gallery/db/queries/imports.ts';
import {
  activateSpace,
  activeSpace,
  countEmbeddings,
  facesWithout,
  listSpaces,
} from '../../../../src-main/gallery/db/queries/spaces.ts';
import { listSubjects, subjectByName } from '../../../../src-main/gallery/db/queries/subjects.ts';
import { trackById, tracksOfSubject } from '../../../../src-main/gallery/db/queries/tracks.ts';
import { enrolPictures } from '../../../../src-main/gallery/enrol/pictures.ts';
import type { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { madeFace, madeGallery, madePicture, madeSpace, madeVector } from '../../../support/made-gallery.ts';

function begin(gallery: Gallery, files: number): number {
  const items = Array.from({ length: files }, (_, at) => ({
    name: `p${at}.jpg`,
    item: { path: `/x/p${at}.jpg` },
  }));
  return beginImport(gallery.database, { kind: 'folder', root: '/x', options: {} }, items, 1);
}

async function enrolled(context: TestContext) {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const importId = begin(gallery, 5);
  const outcomes = [
    madePicture(0, [madeFace(1, space), madeFace(2, space, { isNamed: false })], {
      subject: "Robert'); DROP TABLE faces;--",
      camera: 'door',
      capturedAt: 1000,
      tags: ["it's", 'red'],
    }),
    madePicture(1, [madeFace(3, space)], { track: 't1', camera: 'door' }),
    madePicture(2, [madeFace(4, space)], { track: 't1', camera: 'door' }),
    madePicture(3, []),
    { kind: 'failed', position: 4, reason: 'is empty' } as const,
  ];
  const counts = await enrolPictures(gallery, importId, [space], outcomes);
  return { gallery, space, importId, outcomes, counts };
}

test('faces, tracks, subjects and tags are what the pictures said', async (context) => {
  const { gallery, counts } = await enrolled(context);
  const { database } = gallery;
  assert.deepEqual(counts, { faces: 4, done: 3, duplicates: 0, withoutFace: 1, failed: 1 });
  const [first, second, third, fourth] = listFaces(database, { after: 0, limit: 10 });
  assert.deepEqual(
    [first.subjectName, first.camera, first.capturedAt, first.tags, first.sizePx, first.reasons],
    ["Robert'); DROP TABLE faces;--", 'door', 1000, ["it's", 'red'], 16, ['small']],
  );
  assert.equal(second.subjectName, null, 'of several faces the subject names one');
  assert.notEqual(first.trackId, second.trackId);
  assert.equal(third.trackId, fourth.trackId, 'a manifest’s track goes over pictures');
  assert.deepEqual(
    [trackById(database, third.trackId)?.faces, trackById(database, first.trackId)?.origin],
    [2, 'single'],
  );
  const subject = subjectByName(database, "Robert'); DROP TABLE faces;--");
  assert.deepEqual([subject?.faces, subject?.tracks, listSubjects(database).length], [1, 1, 1]);
  assert.equal(tracksOfSubject(database, subject?.id ?? 0)[0].camera, 'door');
  assert.deepEqual(gallery.crops.read(first.crop), Buffer.from('crop 1'));
  assert.equal(faceById(database, 99), null);
});

test('embeddings come back bit for bit, and the space can answer', async (context) => {
  const { gallery, space } = await enrolled(context);
  const read = [...readEmbeddings(gallery.database, space)];
  assert.deepEqual(
    read.map(({ faceId }) => faceId),
    [1, 2, 3, 4],
  );
  assert.deepEqual(
    read.map(({ vector }) => vector),
    [1, 2, 3, 4].map(madeVector),
  );
  assert.equal(activeSpace(gallery.database, 'lr'), null);
  activateSpace(gallery.database, space.id);
  assert.deepEqual(
    [activeSpace(gallery.database, 'lr')?.state, countEmbeddings(gallery.database, space.id)],
    ['complete', 4],
  );
  const later = madeSpace(gallery, 'b'.repeat(64));
  assert.deepEqual(
    facesWithout(gallery.database, later.id, 2).map(({ id }) => id),
    [1, 2],
  );
  assert.throws(() => activateSpace(gallery.database, later.id), {
    code: 'bad-data',
    message: /is not complete/,
  });
  assert.equal(activeSpace(gallery.database, 'lr')?.id, space.id, 'the old space goes on answering');
});

test('the same content again is a duplicate and adds nothing', async (context) => {
  const { gallery, space } = await enrolled(context);
  const importId = begin(gallery, 2);
  const again = [madePicture(0, [madeFace(9, space)]), madePicture(1, [madeFace(8, space)])];
  const counts = await enrolPictures(gallery, importId, [space], again);
  assert.deepEqual([counts.duplicates, counts.faces, countFaces(gallery.database)], [2, 0, 4]);
});

test('an import knows what is left to do and what went wrong', async (context) => {
  const { gallery, importId } = await enrolled(context);
  assert.deepEqual(itemsToDo(gallery.database, importId, -1, 10), []);
  assert.deepEqual(failedItems(gallery.database, importId), [{ name: 'p4.jpg', reason: 'is empty' }]);
  const { todo, done, failed, faces } = countItems(gallery.database, importId);
  assert.deepEqual([todo, done, failed, faces], [0, 3, 1, 4]);
  const next = begin(gallery, 3);
  assert.deepEqual(
    itemsToDo(gallery.database, next, 0, 1).map(({ position, item }) => [position, item]),
    [[1, { path: '/x/p1.jpg' }]],
  );
});

test('a NaN, a long or a short embedding fails its picture alone, with the face named', async (context) => {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const bad = (vector: Float32Array) => ({ embeddings: new Map([[space.id, vector]]) });
  const outcomes = [
    madePicture(0, [madeFace(1, space), madeFace(2, space, bad(new Float32Array(8).fill(Number.NaN)))]),
    madePicture(1, [madeFace(3, space, bad(new Float32Array(8).fill(1)))]),
    madePicture(2, [madeFace(4, space, bad(new Float32Array(3)))]),
    madePicture(3, [madeFace(5, space)]),
  ];
  const importId = begin(gallery, 4);
  const counts = await enrolPictures(gallery, importId, [space], outcomes);
  assert.deepEqual([counts.failed, counts.faces, countFaces(gallery.database)], [3, 1, 1]);
  assert.deepEqual(
    failedItems(gallery.database, importId).map(({ reason }) =>
      reason.replace(/length \d\.\d+,/, 'length x,'),
    ),
    [
      'embedding of face 2 has a value that is no finite number',
      'embedding of face 1 has length x, embeddings must have length 1',
      'embedding of face 1 has 3 dimensions, this space has 8',
    ],
  );
});

test('what SQLite refuses is no fault of a picture: the whole batch stops, and nothing of it stays', async (context) => {
  const { gallery, space } = await enrolled(context);
  const importId = begin(gallery, 2);
  gallery.database.exec(
    `CREATE TEMP TRIGGER full BEFORE INSERT ON faces WHEN new.size_px = 99 BEGIN SELECT raise(ABORT, 'disk trouble'); END`,
  );
  const outcomes = [
    madePicture(30, [madeFace(30, space)]),
    madePicture(31, [madeFace(31, space, { sizePx: 99 })]),
  ];
  await assert.rejects(
    enrolPictures(
      gallery,
      importId,
      [space],
      outcomes.map((outcome, position) => ({ ...outcome, position })),
    ),
    /disk trouble/,
  );
  assert.equal(countFaces(gallery.database), 4);
  assert.equal(itemsToDo(gallery.database, importId, -1, 10).length, 2);
});

test('an embedding whose bytes were changed on the disk is told, not compared', async (context) => {
  const { gallery, space } = await enrolled(context);
  gallery.database.prepare('UPDATE embeddings SET vector = zeroblob(32) WHERE face_id = 2').run();
  assert.throws(() => [...readEmbeddings(gallery.database, space)], {
    code: 'bad-data',
    message: /face 2 is damaged: its checksum differs/,
  });
});

test('a damaged or missing crop is told with its file', async (context) => {
  const { gallery } = await enrolled(context);
  const face = faceById(gallery.database, 1);
  assert.ok(face);
  const path = gallery.crops.pathOf(face.crop);
  assert.deepEqual(readdirSync(join(path, '..')).length, 1, 'no temporary file is left');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(path, 'other');
  assert.throws(() => gallery.crops.read(face.crop), { code: 'bad-data', message: /is damaged/ });
  gallery.crops.remove(face.crop);
  assert.throws(() => gallery.crops.read(face.crop), { code: 'not-found', message: /is missing/ });
});

test('a space that new faces are not embedded in is filling again, and the gallery is whole', async (context) => {
  const { gallery, space } = await enrolled(context);
  const { database } = gallery;
  gallery.change(() => activateSpace(database, space.id));
  const other = madeSpace(gallery, 'd'.repeat(64));
  const entries = listFaces(database, { after: 0, limit: 10 }).map(({ id }) => ({
    faceId: id,
    vector: madeVector(id),
  }));
  gallery.change(() => {
    putEmbeddings(database, other, entries);
    activateSpace(database, other.id);
  });
  const states = () => listSpaces(database).map(({ id, state }) => [id, state]);
  assert.deepEqual(states(), [
    [space.id, 'complete'],
    [other.id, 'complete'],
  ]);
  const again = begin(gallery, 10);
  await enrolPictures(gallery, again, [other], [madePicture(9, [madeFace(9, other)])]);
  assert.deepEqual(states(), [
    [space.id, 'filling'],
    [other.id, 'complete'],
  ]);
  assert.deepEqual(checkIntegrity(gallery, ProgressToken.silent()).problems, []);
});
