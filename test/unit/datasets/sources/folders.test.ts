import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listFolderTree } from '../../../../src-main/datasets/sources/folder-tree.ts';
import { listFrames } from '../../../../src-main/datasets/sources/frames.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function folderWith(context: TestContext, names: readonly string[]): Promise<string> {
  const root = join(await temporaryFolder(context), 'root');
  for (const name of names) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), 'x');
  }
  return root;
}

test('a tree: sorted, the first folder is the subject, what lies in the root is unknown', async (context) => {
  const root = await folderWith(context, [
    'bo/1.jpg',
    'ann/deep/2.png',
    'ann/1.jpg',
    'x.jpg',
    'ann/notes.txt',
    '.hidden/a.jpg',
  ]);
  await symlink('/etc', join(root, 'ann', 'etc'));
  const { items, leftOut } = await listFolderTree(root, { subjects: 'folder' });
  assert.deepEqual(
    items.map(({ name, subject }) => [name, subject]),
    [
      ['ann/1.jpg', 'ann'],
      ['ann/deep/2.png', 'ann'],
      ['bo/1.jpg', 'bo'],
      ['x.jpg', null],
    ],
  );
  assert.deepEqual(leftOut, [
    { path: 'ann/etc', reason: 'is a link that leaves the dataset' },
    { path: 'ann/notes.txt', reason: 'has no image ending' },
  ]);
  const unknown = await listFolderTree(root, { subjects: 'none' });
  assert.ok(unknown.items.every(({ subject }) => subject === null));
});

test('a folder without pictures, or none at all, is refused', async (context) => {
  const root = await folderWith(context, ['a/notes.txt']);
  await assert.rejects(listFolderTree(root, { subjects: 'none' }), {
    code: 'bad-dataset',
    message: /holds no pictures/,
  });
  await assert.rejects(listFolderTree(join(root, 'none'), { subjects: 'none' }), { code: 'not-found' });
  await assert.rejects(listFolderTree(join(root, 'a/notes.txt'), { subjects: 'none' }), {
    code: 'not-found',
  });
});

test('frames go by the numbers in their names, and have times where the first one has', async (context) => {
  const root = await folderWith(context, ['f10.png', 'f9.png', 'f1.png', 'list.txt']);
  const timing = { camera: 'door', startedAtMs: 1_000_000, framesPerSecond: 25 };
  const frames = await listFrames(root, timing);
  assert.deepEqual(
    frames.map(({ name, capturedAtMs, camera }) => [name, capturedAtMs, camera]),
    [
      ['f1.png', 1_000_000, 'door'],
      ['f9.png', 1_000_040, 'door'],
      ['f10.png', 1_000_080, 'door'],
    ],
  );
  const untimed = await listFrames(root, { ...timing, startedAtMs: null });
  assert.ok(untimed.every(({ capturedAtMs }) => capturedAtMs === null));
  await assert.rejects(listFrames(join(root, 'none'), timing), { code: 'not-found' });
});
