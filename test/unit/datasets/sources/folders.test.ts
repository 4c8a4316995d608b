import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
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

test('frames go by the numbers in their names, at the rate given', async (context) => {
  const root = await folderWith(context, ['f10.png', 'f9.png', 'f1.png', 'list.txt', 'more/f2.png']);
  const timing = { startedAtMs: 1_000_000, framesPerSecond: 25 };
  const { frames, leftOut, timing: source } = await listFrames(root, timing);
  assert.equal(source, 'rate');
  assert.deepEqual(
    frames.map(({ name, timeMs, capturedAtMs }) => [name, timeMs, capturedAtMs]),
    [
      ['f1.png', 0, 1_000_000],
      ['f9.png', 40, 1_000_040],
      ['f10.png', 80, 1_000_080],
    ],
  );
  assert.deepEqual(leftOut.map(({ path }) => path).sort(), ['list.txt', 'more']);
  const untimed = await listFrames(root, { ...timing, startedAtMs: null });
  assert.ok(untimed.frames.every(({ capturedAtMs }) => capturedAtMs === null));
  await assert.rejects(listFrames(join(root, 'none'), timing), { code: 'not-found' });
  await assert.rejects(listFrames(root, { startedAtMs: null, framesPerSecond: null }), {
    code: 'bad-dataset',
    message: /f1\.png in .* has no time in its name or EXIF data: .* --fps/,
  });
});

test('frames whose names carry times go by those, however the names sort', async (context) => {
  const root = await folderWith(context, [
    'b_2026-01-31_18-00-01.jpg',
    'a_2026-01-31_18-00-03.jpg',
    'c_2026-01-31_18-00-01.jpg',
  ]);
  const { frames, timing } = await listFrames(root, { startedAtMs: null, framesPerSecond: null });
  assert.equal(timing, 'names');
  const start = Date.UTC(2026, 0, 31, 18, 0, 1);
  assert.deepEqual(
    frames.map(({ name, timeMs, capturedAtMs }) => [name[0], timeMs, capturedAtMs]),
    // Two frames of one second are spread over it.
    [
      ['b', 0, start],
      ['c', 500, start + 500],
      ['a', 2000, start + 2000],
    ],
  );
  const corrected = await listFrames(root, { startedAtMs: 5000, framesPerSecond: null });
  assert.deepEqual(
    corrected.frames.map(({ capturedAtMs }) => capturedAtMs),
    [5000, 5500, 7000],
  );
});

test('frames whose EXIF data carry times', async (context) => {
  const root = await temporaryFolder(context);
  const picture = (moment: string): Promise<Buffer> =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: 'grey' } })
      .withExif({
        IFD2: { DateTimeOriginal: moment, SubSecTimeOriginal: '25', OffsetTimeOriginal: '+01:00' },
      })
      .jpeg()
      .toBuffer();
  await writeFile(join(root, 'x.jpg'), await picture('2026:01:31 18:00:02'));
  await writeFile(join(root, 'y.jpg'), await picture('2026:01:31 18:00:01'));
  const { frames, timing } = await listFrames(root, { startedAtMs: null, framesPerSecond: null });
  assert.equal(timing, 'exif');
  assert.deepEqual(
    frames.map(({ name, capturedAtMs }) => [name, new Date(capturedAtMs ?? 0).toISOString()]),
    [
      ['y.jpg', '2026-01-31T17:00:01.250Z'],
      ['x.jpg', '2026-01-31T17:00:02.250Z'],
    ],
  );
});
