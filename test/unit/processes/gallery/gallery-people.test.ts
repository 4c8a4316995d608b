// The gallery process on people looked over: tracks, clusters, doubts, files left out, packages; all of it beside other calls.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { settleItem } from '../../../../src-main/gallery/db/queries/imports.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { type GalleryClient, startGallery } from '../../../support/gallery-client.ts';
import { madeActing } from '../../../support/made-gallery.ts';
import { enrolSightings, type MadeSighting, measureSightings } from '../../../support/sightings-gallery.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** 24 known people of 4 faces, one of them mislabelled; unknown people seen 3 and 2 times, and one alone. */
function sightings(): MadeSighting[] {
  const known = Array.from({ length: 96 }, (_, at) => {
    const person = Math.floor(at / 4);
    return { person, subject: `known ${at === 31 ? 3 : person}`, camera: 'hall', capturedAt: at * 1000 };
  });
  const unknown = [100, 100, 100, 101, 101, 102].map((person) => ({ person, camera: 'yard' }));
  return [...known, ...unknown];
}

async function opened(
  context: TestContext,
): Promise<{ client: GalleryClient; gallery: number; folder: string }> {
  const folder = join(await temporaryFolder(context), 'made.gallery');
  const made = Gallery.create(folder, madeActing());
  await measureSightings(made, await enrolSightings(made, sightings()));
  settleItem(made.database, 1, 5, { state: 'failed', faces: 0, reason: '=it is damaged' });
  made.close();
  const { client } = startGallery(context);
  const { gallery } = await client.call('open', { folder, actor: 'tester' });
  return { client, gallery, folder };
}

test('tracks come by pages with samples of their faces; split, joined and moved they follow', async (context) => {
  const { client, gallery } = await opened(context);
  const ofPerson = { kind: 'subject', id: 1 } as const;
  const first = await client.call('tracks', { gallery, of: ofPerson, after: 0, limit: 3 });
  assert.deepEqual([first.total, first.tracks.map(({ id }) => id)], [4, [1, 2, 3]]);
  assert.deepEqual(
    first.tracks[0].sample.map(({ id, camera }) => [id, camera]),
    [[1, 'hall']],
  );
  const rest = await client.call('tracks', { gallery, of: ofPerson, after: 3, limit: 3 });
  assert.deepEqual(
    rest.tracks.map(({ id }) => id),
    [4],
  );
  const joined = await client.call('change', { gallery, change: { kind: 'join', track: 1, others: [2, 3] } });
  const after = await client.call('tracks', { gallery, of: ofPerson, after: 0, limit: 10 });
  assert.deepEqual(
    after.tracks.map(({ id, faces, sample }) => [id, faces, sample.map((face) => face.id)]),
    [
      [1, 3, [1, 2, 3]],
      [4, 1, [4]],
    ],
  );
  await client.call('change', { gallery, change: { kind: 'undo', change: joined } });
  const some = await client.call('tracks', {
    gallery,
    of: { kind: 'tracks', ids: [3, 1, 3, 9999] },
    after: 0,
    limit: 10,
  });
  assert.deepEqual(
    some.tracks.map(({ id }) => id),
    [1, 3],
  );
});

test('clusters are kept until they are named, come back with the undo, and a purge forgets them', async (context) => {
  const { client, gallery } = await opened(context);
  const page = () => client.call('clusters', { gallery, side: 'lr', limit: 10 });
  const before = await page();
  assert.deepEqual([before.found, before.unknownTracks, before.measured], [null, 6, { isOld: false }]);
  const reports: string[] = [];
  const found = await client.call(
    'findClusters',
    { gallery, side: 'lr', limit: { fmr: 1e-2 } },
    { onProgress: ({ stage }) => void reports.push(stage) },
  );
  assert.deepEqual(found, { clusters: 2, tracks: 6, alone: 1 });
  assert.ok(reports.length > 0, 'it tells how far it is');
  const { clusters, found: kept } = await page();
  assert.deepEqual(
    clusters.map(({ tracks, sample }) => [tracks, sample.map(({ trackId }) => trackId)]),
    [
      [
        [97, 98, 99],
        [97, 98, 99],
      ],
      [
        [100, 101],
        [100, 101],
      ],
    ],
  );
  assert.deepEqual([kept?.threshold.fmr, kept?.isOld, kept?.alone], [1e-2, false, 1]);
  const [{ key }] = clusters;
  const change = await client.call('nameCluster', { gallery, key, owner: { name: 'Zoe' } });
  assert.deepEqual(
    (await page()).clusters.map(({ tracks }) => tracks),
    [[100, 101]],
  );
  await assert.rejects(client.call('nameCluster', { gallery, key, owner: { name: 'Yan' } }), {
    code: 'not-found',
  });
  await client.call('change', { gallery, change: { kind: 'undo', change } });
  assert.equal((await page()).clusters.length, 2);
  await client.call('change', { gallery, change: { kind: 'join', track: 97, others: [98] } });
  assert.equal((await page()).found?.isOld, true);
  await client.call('purge', { gallery, rule: { kind: 'subject', subjectId: 1 } });
  assert.equal((await page()).found, null);
  const { audit } = await client.call('verify', { gallery });
  assert.equal(audit.problem, null);
});

test('a label check finds the wrong label; moved or found right, it is gone, and comes back when that is taken back', async (context) => {
  const { client, gallery } = await opened(context);
  assert.equal(await client.call('labels', { gallery }), null);
  const result = await client.call('checkLabels', { gallery, side: 'lr', count: 5 });
  assert.deepEqual(result, { doubts: 10, pictures: 0 });
  const labels = async () => {
    const page = await client.call('labels', { gallery });
    assert.ok(page !== null);
    return page;
  };
  const [alike] = (await labels()).alikeOfDifferent;
  assert.deepEqual([alike.left.subject, alike.right.subject].sort(), ['known 3', 'known 7']);
  assert.ok(alike.left.face !== null && alike.right.face !== null && alike.fmrInterval !== null);
  const pair = { kind: 'alike', one: alike.left.trackId, other: alike.right.trackId } as const;
  await client.call('settleDoubt', { gallery, ...pair, isRight: true });
  const settled = await labels();
  assert.deepEqual([settled.alikeOfDifferent.length, settled.settled], [4, 1]);
  await client.call('settleDoubt', { gallery, ...pair, isRight: false });
  assert.equal((await labels()).alikeOfDifferent.length, 5);

  const wrong = [alike.left, alike.right].find(({ subject }) => subject === 'known 3');
  const right = [alike.left, alike.right].find(({ subject }) => subject === 'known 7');
  const renamed = { kind: 'rename', subject: right?.subjectId as number, name: 'Seven' } as const;
  await client.call('change', { gallery, change: renamed });
  const now = (await labels()).alikeOfDifferent[0];
  assert.deepEqual([now.left.subject, now.right.subject].sort(), ['Seven', 'known 3']);
  const owner = { subjectId: right?.subjectId as number };
  const move = { kind: 'move', tracks: [wrong?.trackId as number], owner } as const;
  const change = await client.call('change', { gallery, change: move });
  assert.ok((await labels()).alikeOfDifferent.every(({ left, right }) => left.subject !== right.subject));
  assert.equal((await labels()).alikeOfDifferent.length, 4);
  await client.call('change', { gallery, change: { kind: 'undo', change } });
  assert.equal((await labels()).alikeOfDifferent.length, 5);
});

test('files left out are counted, listed and saved as CSV that no spreadsheet runs', async (context) => {
  const { client, gallery, folder } = await opened(context);
  const page = await client.call('leftOut', { gallery, state: 'failed', limit: 10 });
  assert.deepEqual(page.counts, { failed: 1, 'no-face': 0, duplicate: 0 });
  assert.deepEqual(
    page.items.map(({ name, reason }) => [name, reason]),
    [['p5.jpg', '=it is damaged']],
  );
  const target = join(dirname(folder), 'failed.csv');
  assert.deepEqual(await client.call('saveLeftOut', { gallery, state: 'failed', target }), { rows: 1 });
  assert.equal(
    await readFile(target, 'utf8'),
    `import,file,fate,reason\r\n1,p5.jpg,failed,'=it is damaged\r\n`,
  );
  await assert.rejects(client.call('saveLeftOut', { gallery, state: 'failed', target }), {
    code: 'bad-usage',
    message: /failed\.csv exists already/,
  });
});

test('a gallery goes out and comes in under another name; cancelled, nothing of it is left', async (context) => {
  const { client, gallery, folder } = await opened(context);
  const home = dirname(folder);
  const target = join(home, 'made.zip');
  const stop = new AbortController();
  const cancelled = client.call(
    'exportGallery',
    { gallery, target },
    { signal: stop.signal, onProgress: () => stop.abort() },
  );
  await assert.rejects(cancelled, { code: 'cancelled' });
  await client.call('purge', { gallery, rule: { kind: 'age', before: -1 } });
  assert.deepEqual(await readdir(home), ['made.gallery'], 'the purge has waited for the export to end');

  const report = await client.call('exportGallery', { gallery, target });
  assert.equal(report.faces, 102);
  await assert.rejects(client.call('exportGallery', { gallery, target }), { code: 'bad-usage' });
  const other = join(home, 'other.gallery');
  const imported = await client.call('importGallery', { source: target, folder: other, actor: 'tester' });
  assert.deepEqual([imported.faces, imported.subjects, imported.gallery], [102, 24, 'other']);
  const { gallery: second } = await client.call('open', { folder: other, actor: 'tester' });
  const overviews = await Promise.all(
    [gallery, second].map((each) => client.call('overview', { gallery: each })),
  );
  assert.deepEqual(
    overviews.map(({ faces, unknownTracks }) => [faces, unknownTracks]),
    [
      [102, 6],
      [102, 6],
    ],
  );
  await assert.rejects(client.call('importGallery', { source: target, folder: other, actor: 'tester' }), {
    code: 'bad-usage',
    message: /exists already/,
  });
});
