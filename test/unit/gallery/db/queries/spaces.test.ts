import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressToken } from '../../../../../src-main/common/progress.ts';
import { checkIntegrity } from '../../../../../src-main/gallery/db/integrity.ts';
import { putEmbeddings } from '../../../../../src-main/gallery/db/queries/embeddings.ts';
import { profileByDigest, putProfile } from '../../../../../src-main/gallery/db/queries/profiles.ts';
import {
  activateSpace,
  deleteSpace,
  ensureSpace,
  listSpaces,
  thinSpace,
  usualSide,
} from '../../../../../src-main/gallery/db/queries/spaces.ts';
import { madeFilledGallery } from '../../../../support/made-case.ts';
import { DIMENSION, madeVector } from '../../../../support/made-gallery.ts';

test('a space that does not answer goes with embeddings, profile and meanings; the one that answers stays', async (context) => {
  const people = Array.from({ length: 4 }, (_, at) => ({ subject: `person ${at}` }));
  const gallery = await madeFilledGallery(context, people);
  const { database } = gallery;
  const profile = {
    digest: 'p'.repeat(64),
    modelDigest: 'a'.repeat(64),
    name: 'hall',
    content: new Uint8Array([1]),
  };
  putProfile(database, profile, 1);
  const key = {
    modelDigest: 'a'.repeat(64),
    profileDigest: profile.digest,
    preprocessing: 1,
    frameDigest: 'f'.repeat(64),
    side: 'lr',
    dimension: DIMENSION,
  } as const;
  const other = ensureSpace(database, key, 1);
  const [first] = listSpaces(database);
  putEmbeddings(
    database,
    other,
    [1, 2, 3].map((faceId) => ({ faceId, vector: madeVector(50 + faceId) })),
  );
  const keys = [
    'meaning:1:1',
    'meaning:1:1:state',
    'meaning:2:2',
    'meaning:2:2:state',
    'meaning:1:2',
    'meaning:2:1:state',
  ];
  for (const name of [...keys, 'meaning:22:1'])
    database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run(name, 'x');

  assert.throws(() => deleteSpace(database, first.id), { code: 'in-use' });
  assert.throws(() => deleteSpace(database, 99), { code: 'not-found' });
  assert.equal(thinSpace(database, first.id, 2), 0, 'the one that answers keeps all');
  assert.equal(thinSpace(database, other.id, 2), 2);
  assert.deepEqual(deleteSpace(database, other.id), { embeddings: 1 });
  assert.deepEqual(
    listSpaces(database).map(({ id, embeddings, isActive }) => [id, embeddings, isActive]),
    [[first.id, 4, true]],
  );
  assert.equal(profileByDigest(database, profile.digest), null);
  const left = database.prepare(`SELECT key FROM meta WHERE key GLOB 'meaning:*' ORDER BY key`).pluck().all();
  assert.deepEqual(left, ['meaning:1:1', 'meaning:1:1:state', 'meaning:22:1']);
  assert.deepEqual(checkIntegrity(gallery, ProgressToken.silent()).problems, []);
});

test('a profile that another space was embedded with stays', async (context) => {
  const gallery = await madeFilledGallery(context, [{ subject: 'person 0' }]);
  const { database } = gallery;
  const digest = 'p'.repeat(64);
  putProfile(
    database,
    { digest, modelDigest: 'a'.repeat(64), name: 'hall', content: new Uint8Array([1]) },
    1,
  );
  const key = {
    modelDigest: 'a'.repeat(64),
    profileDigest: digest,
    frameDigest: 'f'.repeat(64),
    side: 'lr',
    dimension: DIMENSION,
  } as const;
  const [kept, gone] = [1, 2].map((preprocessing) => ensureSpace(database, { ...key, preprocessing }, 1));
  putEmbeddings(database, kept, [{ faceId: 1, vector: madeVector(9) }]);
  activateSpace(database, kept.id);
  deleteSpace(database, gone.id);
  assert.equal(profileByDigest(database, digest)?.name, 'hall');
});

test('the side that is meant where nobody says is the one that has faces, and lr where both have', async (context) => {
  const gallery = await madeFilledGallery(context, [{ subject: 'Ann' }]);
  const { database } = gallery;
  assert.equal(usualSide(database), 'lr');
  database.exec("UPDATE spaces SET side = 'hr'");
  assert.equal(usualSide(database), 'hr');
  database.exec('UPDATE spaces SET is_active = 0');
  assert.equal(usualSide(database), 'lr', 'nothing answers');
});
