import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isInside, printable } from '../../../src-main/datasets/entries.ts';
import {
  fingerprintOf,
  fingerprintOfDigests,
  listIdentityFolders,
  scanIdentityFolders,
} from '../../../src-main/datasets/identity-folders.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeFiles } from '../../support/tiny-png.ts';

test('lists images sorted, each with its identity; folders without images are no identities', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, {
    'b/2.jpg': '2',
    'b/1.PNG': '1',
    'a/x.jpeg': 'x',
    'c/notes.txt': 'n',
    'loose.jpg': 'l',
  });
  const dataset = await listIdentityFolders(root);
  assert.deepEqual(dataset.identities, ['a', 'b']);
  assert.deepEqual(dataset.paths, ['a/x.jpeg', 'b/1.PNG', 'b/2.jpg']);
  assert.deepEqual([...dataset.labels], [0, 1, 1]);
});

test('everything left out is named with its reason', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, {
    'a/1.jpg': '1',
    'a/._1.jpg': 'resource fork',
    'a/deeper/2.jpg': '2',
    'a/readme.txt': 'r',
    'empty/readme.txt': 'r',
    '.cache/1.jpg': '1',
    'loose.jpg': 'l',
  });
  await mkdir(join(root, 'a', 'folder.jpg'));
  const { dataset, leftOut } = await scanIdentityFolders(root);
  assert.deepEqual(dataset.paths, ['a/1.jpg']);
  assert.deepEqual(
    leftOut.map((entry) => `${entry.path} ${entry.reason}`),
    [
      '.cache is hidden',
      'a/._1.jpg is hidden',
      'a/deeper is a folder inside an identity',
      'a/folder.jpg is a folder inside an identity',
      'a/readme.txt has no image ending',
      'empty holds no images',
      'empty/readme.txt has no image ending',
      'loose.jpg lies in no identity folder',
    ],
  );
});

test('links are followed inside the dataset and nowhere else', async (t) => {
  const folder = await temporaryFolder(t);
  const root = join(folder, 'set');
  await writeFiles(folder, { 'set/a/1.jpg': '1', 'outside/b/secret.jpg': 's', 'set-beside/c.jpg': 'c' });
  await symlink(join(root, 'a'), join(root, 'inside'));
  await symlink(join(root, 'a', '1.jpg'), join(root, 'a', '2.jpg'));
  await symlink(join(folder, 'outside', 'b'), join(root, 'b'));
  await symlink(join(folder, 'outside', 'b', 'secret.jpg'), join(root, 'a', '3.jpg'));
  // A folder whose name begins like the root's is outside too.
  await symlink(join(folder, 'set-beside', 'c.jpg'), join(root, 'a', '4.jpg'));
  await symlink('nowhere', join(root, 'a', '5.jpg'));
  await symlink('.', join(root, 'loop'));
  const { dataset, leftOut } = await scanIdentityFolders(root);
  assert.deepEqual(dataset.paths, ['a/1.jpg', 'a/2.jpg', 'inside/1.jpg', 'inside/2.jpg']);
  const reasons = new Map(leftOut.map((entry) => [entry.path, entry.reason]));
  for (const path of ['b', 'a/3.jpg', 'a/4.jpg']) {
    assert.equal(reasons.get(path), 'is a link that leaves the dataset', path);
  }
  assert.equal(reasons.get('a/5.jpg'), 'is a broken link');
  // Seen through the link as well, and refused there too.
  assert.equal(reasons.get('inside/3.jpg'), 'is a link that leaves the dataset');
  // The root itself may be a link.
  await symlink(root, join(folder, 'alias'));
  assert.deepEqual((await listIdentityFolders(join(folder, 'alias'))).paths, dataset.paths);
});

test('hostile names: quotes, line breaks, percent signs, dashes', async (t) => {
  const root = await temporaryFolder(t);
  const names = ['"quoted".jpg', "it's.jpg", 'line\nbreak.jpg', '%s%n.jpg', '-rf.jpg', '名前.jpg'];
  await writeFiles(root, Object.fromEntries(names.map((name) => [`a\nb/${name}`, name])));
  const dataset = await listIdentityFolders(root);
  assert.deepEqual(dataset.identities, ['a\nb']);
  assert.deepEqual([...dataset.paths].sort(), names.map((name) => `a\nb/${name}`).sort());
  assert.match(await fingerprintOf(dataset), /^[0-9a-f]{64}$/);
});

test('no folder, a file, an empty folder, a folder of loose images: one sentence each', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'loose/1.jpg': '1', 'loose/2.jpg': '2', 'empty/x/readme.txt': '' });
  await assert.rejects(listIdentityFolders(join(root, 'absent')), {
    code: 'not-found',
    message: `${root}/absent does not exist or cannot be read: name a folder of identity/image`,
  });
  await assert.rejects(listIdentityFolders(join(root, 'loose', '1.jpg')), {
    code: 'not-found',
    message: `${root}/loose/1.jpg is not a folder: name a folder of identity/image`,
  });
  await assert.rejects(listIdentityFolders(join(root, 'empty')), {
    code: 'bad-dataset',
    message: `${root}/empty has no identities: expected ${root}/empty/identity/image.jpg`,
  });
  await assert.rejects(listIdentityFolders(join(root, 'loose')), {
    code: 'bad-dataset',
    message: `${root}/loose has no identities (2 images lie directly in it): expected ${root}/loose/identity/image.jpg`,
  });
});

test('the fingerprint is the SHA-256 of paths and digests, and changes with any of them', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'a/1.jpg': 'one', 'a/2.jpg': 'two', 'b/1.jpg': 'three' });
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const before = await fingerprintOf(await listIdentityFolders(root));
  const naive = ['a/1.jpg', hash('one'), 'a/2.jpg', hash('two'), 'b/1.jpg', hash('three')].join('\n');
  assert.equal(before, hash(naive));

  const seen = new Set([before]);
  await writeFile(join(root, 'a/1.jpg'), 'One');
  seen.add(await fingerprintOf(await listIdentityFolders(root)));
  await rename(join(root, 'a/1.jpg'), join(root, 'a/3.jpg'));
  seen.add(await fingerprintOf(await listIdentityFolders(root)));
  await writeFile(join(root, 'b/2.jpg'), '');
  seen.add(await fingerprintOf(await listIdentityFolders(root)));
  assert.equal(seen.size, 4);
});

test('a line break in a name cannot imitate another dataset', () => {
  const plain = fingerprintOfDigests(['a', 'b'], ['digest of a', 'digest of b']);
  assert.notEqual(fingerprintOfDigests(['a\ndigest of a\nb'], ['digest of b']), plain);
  assert.notEqual(fingerprintOfDigests(['a\\nb'], ['x']), fingerprintOfDigests(['a\nb'], ['x']));
});

test('an image that is gone counts as gone', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'a/1.jpg': 'one' });
  const gone = await fingerprintOf({ root, paths: ['a/1.jpg', 'a/2.jpg'] });
  assert.match(gone, /^[0-9a-f]{64}$/);
  assert.notEqual(gone, await fingerprintOf({ root, paths: ['a/1.jpg'] }));
});

test('names fit to print, and what lies inside what', () => {
  assert.equal(printable("it's 名前.jpg"), "it's 名前.jpg");
  assert.equal(printable('a\n"b"\u001b[2J\u009b'), '"a\\n\\"b\\"\\u001b[2J\\u{9b}"');
  assert.ok(isInside('/a/b', '/a'));
  assert.ok(isInside('/a', '/a'));
  assert.ok(isInside('/a/..b', '/a'));
  assert.ok(!isInside('/ab', '/a'));
  assert.ok(!isInside('/', '/a'));
});
