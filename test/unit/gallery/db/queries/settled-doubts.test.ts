import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { joinTracks, moveTracks, undoChange } from '../../../../../src-main/gallery/changes/changes.ts';
import { closeDatabase, openDatabase } from '../../../../../src-main/gallery/db/connection.ts';
import { MIGRATIONS } from '../../../../../src-main/gallery/db/migrations/index.ts';
import { countLeftOut, leftOutItems } from '../../../../../src-main/gallery/db/queries/imports.ts';
import { samePictures } from '../../../../../src-main/gallery/db/queries/same-pictures.ts';
import {
  settleDoubt,
  settledDoubts,
  unsettleDoubt,
} from '../../../../../src-main/gallery/db/queries/settled-doubts.ts';
import { subjectByName } from '../../../../../src-main/gallery/db/queries/subjects.ts';
import { spread } from '../../../../../src-main/gallery/db/queries/track-samples.ts';
import { purgeFaces } from '../../../../../src-main/gallery/purge/purge.ts';
import { madeGallery } from '../../../../support/made-gallery.ts';
import { enrolSightings } from '../../../../support/sightings-gallery.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

test('a settled pair is of two tracks in any order, once, until it is taken back or a track goes', async (context) => {
  const gallery = await madeGallery(context);
  await enrolSightings(gallery, [
    { person: 1, subject: 'Ann' },
    { person: 1, subject: 'Bo' },
    { person: 2, subject: 'Bo' },
  ]);
  const pair = { kind: 'alike', one: 2, other: 1 } as const;
  settleDoubt(gallery, pair);
  settleDoubt(gallery, { kind: 'alike', one: 1, other: 2 });
  const [ann, bo] = ['Ann', 'Bo'].map((name) => subjectByName(gallery.database, name)?.id);
  assert.deepEqual(settledDoubts(gallery), [
    { kind: 'alike', one: 1, other: 2, oneSubject: ann, otherSubject: bo },
  ]);
  unsettleDoubt(gallery, pair);
  assert.deepEqual(settledDoubts(gallery), []);
  assert.throws(() => settleDoubt(gallery, { kind: 'unlike', one: 2, other: 99 }), { code: 'not-found' });
  assert.throws(() => settleDoubt(gallery, { kind: 'unlike', one: 2, other: 2 }), { code: 'bad-usage' });

  settleDoubt(gallery, { kind: 'unlike', one: 2, other: 3 });
  const change = joinTracks(gallery, 2, [3]);
  assert.deepEqual(settledDoubts(gallery), [], 'one of its tracks is gone');
  undoChange(gallery, change);
  settleDoubt(gallery, { kind: 'unlike', one: 2, other: 3 });
  purgeFaces(gallery, { kind: 'subject', subjectId: bo as number });
  assert.equal(gallery.database.prepare('SELECT count(*) FROM settled_doubts').pluck().get(), 0);
  assert.deepEqual(gallery.database.pragma('foreign_key_check'), []);
});

test('a gallery of version 3 opens, with its files left out found by the new index', async (context) => {
  const path = join(await temporaryFolder(context), 'g.sqlite');
  const old = openDatabase(path, MIGRATIONS.slice(0, 3));
  old.exec(
    `INSERT INTO imports (id, kind, root, options, state, started_at) VALUES (1, 'images', '/x', '{}', 'done', 5), (2, 'images', '/y', '{}', 'done', 6);
     INSERT INTO import_items (import_id, position, name, item, state, reason) VALUES (1, 0, 'a.jpg', '{}', 'done', NULL),
       (1, 1, 'b.jpg', '{}', 'failed', 'it is damaged'), (2, 0, 'c.jpg', '{}', 'failed', 'it is empty'), (2, 1, 'd.jpg', '{}', 'duplicate', NULL);`,
  );
  closeDatabase(old);
  const database = openDatabase(path, MIGRATIONS.slice(0, 4));
  assert.deepEqual(countLeftOut(database), { duplicate: 1, 'no-face': 0, failed: 2 });
  assert.deepEqual(
    leftOutItems(database, 'failed', 10).map(({ name, reason }) => [name, reason]),
    [
      ['c.jpg', 'it is empty'],
      ['b.jpg', 'it is damaged'],
    ],
  );
  const plan = database
    .prepare(
      'EXPLAIN QUERY PLAN SELECT count(*) FROM import_items WHERE ' +
        `state IN ('duplicate', 'no-face', 'failed')`,
    )
    .all() as { detail: string }[];
  assert.match(plan.map(({ detail }) => detail).join(), /import_items_left_out/);
  closeDatabase(database);
});

test('one picture enrolled twice is found, first where its labels contradict each other', async (context) => {
  const gallery = await madeGallery(context);
  await enrolSightings(gallery, [
    { person: 1, subject: 'Ann' },
    { person: 2, subject: 'Bo' },
    { person: 3 },
    { person: 4, subject: 'Cy' },
    { person: 5, subject: 'Cy' },
  ]);
  const { database } = gallery;
  assert.deepEqual(samePictures(database, 10), { total: 0, groups: [] });
  const copy = (from: number, to: number): void => {
    database
      .prepare('UPDATE faces SET crop = (SELECT crop FROM faces WHERE id = ?) WHERE id = ?')
      .run(from, to);
  };
  copy(4, 5);
  copy(1, 2);
  const { total, groups } = samePictures(database, 1);
  assert.equal(total, 2);
  assert.deepEqual(
    groups.map(({ faces, isContradicted }) => [faces, isContradicted]),
    [[[1, 2], true]],
  );
  moveTracks(gallery, [2], null);
  const contradicted = samePictures(database, 10).groups.filter(({ isContradicted }) => isContradicted);
  assert.deepEqual(contradicted, [], 'somebody and nobody known say nothing against each other');
});

test('a sample is spread from the first to the last', () => {
  assert.deepEqual(spread([1, 2, 3], 5), [1, 2, 3]);
  assert.deepEqual(spread([1, 2, 3, 4, 5, 6, 7], 3), [1, 4, 7]);
  assert.deepEqual(spread([1, 2], 1), [1]);
});
