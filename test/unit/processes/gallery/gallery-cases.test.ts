// Cases over the real gallery process: a kept search goes in as it was found, decisions stand, the log vouches for it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { standingDecision } from '../../../../src-main/gallery/cases/case-items.ts';
import type { FoundResults } from '../../../../src-main/processes/gallery/gallery-service.ts';
import {
  createGallery,
  enrolFaces,
  type GalleryClient,
  SPACE_KEY,
  startGallery,
} from '../../../support/gallery-client.ts';
import { madeVector } from '../../../support/made-gallery.ts';

/** Two faces that are enrolled as numbers 3 and 6. */
function findFaces(client: GalleryClient, gallery: number): Promise<FoundResults> {
  const entries = [3, 6].map((seed) => ({
    about: {
      ...{ path: `${seed}.png`, sha256: 'b'.repeat(64), face: 1, facesInPicture: 1, frame: null },
      ...{ sizePx: 16, weight: 0.5, reasons: [] },
    },
    cropFile: new Uint8Array(Buffer.from(`probe ${seed}`)),
    vector: madeVector(seed),
  }));
  const probe = { kind: 'faces', entries, space: SPACE_KEY, fusion: 'template' } as const;
  return client.call('find', { gallery, probe, by: 'face', count: 20, threshold: null, filter: {} });
}

test('a found search, its gains, a threshold, a decision and its withdrawal', async (t) => {
  const { client } = startGallery(t);
  const { gallery } = await createGallery(t, client);
  await enrolFaces(client, gallery, 0, 30);
  const { search, report, crops } = await findFaces(client, gallery);
  assert.equal(crops.length, 20);
  for (const crop of crops) assert.match(crop, /^[0-9a-f]{64}$/);

  const gains = await client.call('faceGains', { gallery, search, rank: 1 });
  assert.equal(gains.length, 2);
  assert.ok(Math.abs(gains[1].together - report.results[0].score) < 1e-6);

  const { id } = await client.call('createCase', { gallery, title: 'Lobby' });
  const threshold = report.results[2].score;
  const { searchItem } = await client.call('addSearch', { gallery, id, search, threshold });
  const decision = { gallery, id, searchItem, rank: 2, note: '' };
  await client.call('decide', { ...decision, verdict: 'match' });
  const items = async () => (await client.call('readCase', { gallery, id })).items;
  const stored = (await items()).find((item) => item.id === searchItem);
  assert.equal(stored?.kind === 'search' && stored.body.results.length, 3);
  assert.equal(standingDecision(await items(), searchItem, 2)?.body.verdict, 'match');
  await client.call('decide', { ...decision, verdict: 'withdrawn' });
  assert.equal(standingDecision(await items(), searchItem, 2), null);
  await assert.rejects(client.call('addSearch', { gallery, id, search: 99, threshold: null }), {
    code: 'not-found',
  });
});

test('an audit holds, and names an item that was changed behind its back', async (t) => {
  const { client } = startGallery(t);
  const { gallery, folder } = await createGallery(t, client);
  const { id } = await client.call('createCase', { gallery, title: 'Lobby' });
  const item = await client.call('addNote', { gallery, id, text: 'as it was' });
  const whole = await client.call('caseAudit', { gallery, id });
  assert.deepEqual([whole.verdict.problem, whole.sealProblems, whole.sealed], [null, [], 1]);
  assert.deepEqual(
    whole.entries.map(({ action }) => action),
    ['case.created', 'case.note-added'],
  );

  const behind = new Database(join(folder, 'gallery.sqlite'));
  behind.prepare('UPDATE case_items SET body = ? WHERE id = ?').run('{"text":"as it was not"}', item);
  behind.close();
  const broken = await client.call('caseAudit', { gallery, id });
  assert.deepEqual(broken.sealProblems, [`item ${item} is not as the audit log has it`]);
});

test('after a purge no search from before it can go into a case', async (t) => {
  const { client } = startGallery(t);
  const { gallery } = await createGallery(t, client);
  await enrolFaces(client, gallery, 0, 30);
  const { search, report } = await findFaces(client, gallery);
  const known = report.results.find(({ subjectId }) => subjectId !== null);
  const { id } = await client.call('createCase', { gallery, title: 'Lobby' });
  await client.call('purge', { gallery, rule: { kind: 'subject', subjectId: known?.subjectId ?? 0 } });
  await assert.rejects(client.call('addSearch', { gallery, id, search, threshold: null }), {
    code: 'not-found',
    message: /no longer kept: search again/,
  });
});

test('a purge waits for crops that are being stored: none is taken from a row that comes after it', async (t) => {
  const { client } = startGallery(t);
  const { gallery } = await createGallery(t, client);
  await enrolFaces(client, gallery, 0, 30);
  const { search } = await findFaces(client, gallery);
  const { id } = await client.call('createCase', { gallery, title: 'Lobby' });
  const added = client.call('addSearch', { gallery, id, search, threshold: null });
  const later = enrolFaces(client, gallery, 100, 40);
  const purged = [];
  for (let call = 0; call < 6; call++)
    purged.push(client.call('purge', { gallery, rule: { kind: 'age', before: 0 } }));
  await Promise.all([added, later, ...purged]);
  assert.deepEqual((await client.call('verify', { gallery })).problems, []);
});
