import assert from 'node:assert/strict';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ProgressReport, ProgressToken } from '../../../src-main/common/progress.ts';
import { fingerprintOf, listIdentityFolders } from '../../../src-main/datasets/identity-folders.ts';
import {
  describeUnreadable,
  findUnreadable,
  withoutUnreadable,
} from '../../../src-main/datasets/readable.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyPng, writeFiles } from '../../support/tiny-png.ts';

const SILENT = ProgressToken.silent();

/** Six images of three identities: b has one bad of two, c nothing but bad ones. */
async function mixedFolder(context: TestContext): Promise<{ root: string; cache: string }> {
  const folder = await temporaryFolder(context);
  const root = join(folder, 'faces');
  await writeFiles(root, {
    'a/1.png': tinyPng(4, 4, 10),
    'a/2.png': tinyPng(4, 4, 20),
    'b/1.png': Buffer.alloc(0),
    'b/2.png': tinyPng(4, 4, 30),
    'c/1.png': tinyPng(64, 64, 40),
    'c/2.png': 'not an image',
    'd/1.png': tinyPng(4, 4, 50),
  });
  await truncate(join(root, 'c/1.png'), 60);
  return { root, cache: join(folder, 'cache') };
}

test('unreadable images are named with their reasons and left out; labels close up', async (context) => {
  const { root, cache } = await mixedFolder(context);
  const dataset = await listIdentityFolders(root);
  const unreadable = await findUnreadable(dataset, await fingerprintOf(dataset), cache, SILENT);
  assert.deepEqual(
    unreadable.map(({ path }) => path),
    ['b/1.png', 'c/1.png', 'c/2.png'],
  );
  assert.equal(unreadable[0].reason, 'is empty');
  assert.match(unreadable[2].reason, /is not a JPEG/);
  assert.ok(unreadable.every(({ reason }) => reason !== '' && !reason.includes('\n')));
  const rest = withoutUnreadable(dataset, unreadable);
  assert.deepEqual(rest, {
    root,
    identities: ['a', 'b', 'd'],
    paths: ['a/1.png', 'a/2.png', 'b/2.png', 'd/1.png'],
    labels: Int32Array.of(0, 0, 1, 2),
  });
  assert.match(
    describeUnreadable(unreadable, 7),
    /^3 of 7 images left out: b\/1\.png is empty; c\/1\.png [^;]+; c\/2\.png [^;]+$/,
  );
  assert.match(describeUnreadable([...unreadable, unreadable[0]], 9), /^4 of 9 .*; …$/);
});

test('a whole dataset stays the object it was', async (context) => {
  const root = await temporaryFolder(context);
  await writeFiles(root, { 'a/1.png': tinyPng(4, 4, 10) });
  const dataset = await listIdentityFolders(root);
  assert.equal(withoutUnreadable(dataset, []), dataset);
});

/** Reasons come from libvips, whose wording depends on what other threads do. */
const pathOf = ({ path }: { readonly path: string }): string => path;

test('images are decoded once per fingerprint; a damaged cache is made again', async (context) => {
  const { root, cache } = await mixedFolder(context);
  const dataset = await listIdentityFolders(root);
  const fingerprint = await fingerprintOf(dataset);
  const stages: string[] = [];
  const token = new ProgressToken(({ stage, done, total }: ProgressReport) => {
    if (done === total) stages.push(`${stage} ${total}`);
  }, new AbortController().signal);
  const first = await findUnreadable(dataset, fingerprint, cache, token);
  assert.deepEqual(stages, ['checking images 7']);
  assert.deepEqual(await findUnreadable(dataset, fingerprint, cache, token), first);
  assert.equal(stages.length, 1);
  const path = join(cache, `faces-${fingerprint.slice(0, 16)}`, 'unreadable.json');
  for (const content of [
    '{"version":1',
    '{"version":1,"fingerprint":"other","unreadable":[]}',
    '[]',
    'null',
  ]) {
    await writeFile(path, content);
    const again = await findUnreadable(dataset, fingerprint, cache, token);
    assert.deepEqual(again.map(pathOf), first.map(pathOf));
    assert.match(again[1].reason, /^cannot be decoded: ./);
  }
  assert.equal(stages.length, 5);
  assert.equal(JSON.parse(await readFile(path, 'utf8')).fingerprint, fingerprint);
  // A mended image changes the fingerprint, and with it the answer.
  await writeFile(join(root, 'b/1.png'), tinyPng(4, 4, 60));
  const mended = await findUnreadable(dataset, await fingerprintOf(dataset), cache, token);
  assert.deepEqual(mended.map(pathOf), ['c/1.png', 'c/2.png']);
});

test('a folder without a single readable image is refused with the reasons', async (context) => {
  const root = await temporaryFolder(context);
  await writeFiles(root, { 'a/1.png': '', 'b/1.jpg': '' });
  const dataset = await listIdentityFolders(root);
  const unreadable = dataset.paths.map((path) => ({ path, reason: 'is empty' }));
  assert.throws(() => withoutUnreadable(dataset, unreadable), {
    code: 'bad-dataset',
    message: `${root} has no readable image: 2 of 2 images left out: a/1.png is empty; b/1.jpg is empty`,
  });
});

test('checking stops when cancelled and caches nothing', async (context) => {
  const { root, cache } = await mixedFolder(context);
  await mkdir(cache);
  const dataset = await listIdentityFolders(root);
  const cancelled = new ProgressToken(() => {}, AbortSignal.abort());
  await assert.rejects(findUnreadable(dataset, 'f', cache, cancelled), { code: 'cancelled' });
  await assert.rejects(readFile(join(cache, 'faces-f', 'unreadable.json')), { code: 'ENOENT' });
});
