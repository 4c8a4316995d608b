import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../../src-main/datasets/identity-folders.ts';
import {
  describePairsLeftOut,
  readLfwPairs,
  withoutImages,
  withUsedImages,
} from '../../../src-main/datasets/lfw.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeFiles } from '../../support/tiny-png.ts';

const PAIRS = '2\t1\nAnn\t1\t2\nAnn\t1\tBob\t1\nBob\t1\t2\nBob\t2\tCy\t1\n';
const IMAGES = [
  'Ann/Ann_0001.jpg',
  'Ann/Ann_0002.png',
  'Bob/Bob_0001.jpg',
  'Bob/Bob_0002.JPG',
  'Cy/Cy_0001.jpg',
];

function filesIn(folder: string, images = IMAGES): Record<string, string> {
  return Object.fromEntries(images.map((path) => [`${folder}/${path}`, path]));
}

test('pairs point at unique images, whatever their ending', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'pairs.txt': PAIRS, ...filesIn('lfw'), 'lfw/Unused/Unused_0001.jpg': 'u' });
  const lfw = await readLfwPairs(root);
  assert.deepEqual(lfw, {
    imageRoot: join(root, 'lfw'),
    images: IMAGES,
    pairs: [
      { left: 0, right: 1, isGenuine: true, fold: 0 },
      { left: 0, right: 2, isGenuine: false, fold: 0 },
      { left: 2, right: 3, isGenuine: true, fold: 1 },
      { left: 3, right: 4, isGenuine: false, fold: 1 },
    ],
    folds: 2,
    missing: [],
    pairsLeftOut: 0,
  });
  assert.equal(describePairsLeftOut(lfw), null);
  assert.match(await fingerprintOf({ root: lfw.imageRoot, paths: lfw.images }), /^[0-9a-f]{64}$/);
});

test('the image folder: aligned112, else lfw, else the root; or the one that is named', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'pairs.txt': PAIRS, ...filesIn('.') });
  assert.equal((await readLfwPairs(root)).imageRoot, root);
  await writeFiles(root, filesIn('lfw'));
  assert.equal((await readLfwPairs(root)).imageRoot, join(root, 'lfw'));
  await writeFiles(root, filesIn('aligned112'));
  assert.equal((await readLfwPairs(root)).imageRoot, join(root, 'aligned112'));
  assert.equal((await readLfwPairs(root, { imageFolder: 'lfw' })).imageRoot, join(root, 'lfw'));
  await assert.rejects(readLfwPairs(root, { imageFolder: 'none' }), {
    code: 'not-found',
    message: `${root}/none is no folder: it should hold the images of LFW`,
  });
});

test('absent images: refused with names and counts, or skipped and said', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'pairs.txt': PAIRS, ...filesIn('lfw', IMAGES.slice(1)) });
  await assert.rejects(readLfwPairs(root), {
    code: 'bad-dataset',
    message:
      `${root}/pairs.txt names images that are absent from ${root}/lfw: 1 missing (Ann/Ann_0001), needed by ` +
      '2 of 4 pairs; add them or leave those pairs out with --skip-missing',
  });
  // Both pairs of fold 1 need it.
  await assert.rejects(readLfwPairs(root, { missingImages: 'skip' }), {
    code: 'bad-dataset',
    message: `${root}/pairs.txt: fold 1 of 2 has no pair left, since its images are missing or unreadable`,
  });
  await writeFiles(root, filesIn('lfw'));
  await unlink(join(root, 'lfw/Ann/Ann_0002.png'));
  await unlink(join(root, 'lfw/Cy/Cy_0001.jpg'));
  const lfw = await readLfwPairs(root, { missingImages: 'skip' });
  assert.deepEqual(lfw.missing, [
    { path: 'Ann/Ann_0002', pairs: 1 },
    { path: 'Cy/Cy_0001', pairs: 1 },
  ]);
  assert.deepEqual(lfw.images, ['Ann/Ann_0001.jpg', 'Bob/Bob_0001.jpg', 'Bob/Bob_0002.JPG']);
  assert.deepEqual(
    lfw.pairs.map((pair) => [pair.left, pair.right, pair.fold]),
    [
      [0, 1, 0],
      [1, 2, 1],
    ],
  );
  assert.equal(lfw.pairsLeftOut, 2);
  assert.equal(
    describePairsLeftOut(lfw),
    '2 of 4 pairs left out, images missing: 2 (Ann/Ann_0002, Cy/Cy_0001): ' +
      'the result is not comparable with one over the whole protocol',
  );
});

test('undecodable images take their pairs along, indices stay', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'pairs.txt': PAIRS, ...filesIn('lfw') });
  const lfw = await readLfwPairs(root);
  const rest = withoutImages(lfw, new Set([1, 4]));
  assert.equal(rest.images, lfw.images);
  assert.deepEqual(rest.pairs, [lfw.pairs[1], lfw.pairs[2]]);
  assert.equal(rest.pairsLeftOut, 2);
  assert.throws(() => withoutImages(lfw, new Set([0])), { code: 'bad-dataset' });
});

test('pairs over the images that they use alone', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'pairs.txt': PAIRS, ...filesIn('lfw') });
  const lfw = await readLfwPairs(root);
  const rest = withUsedImages(withoutImages(lfw, new Set([1, 4])));
  const namesOf = ({ images, pairs }: typeof lfw): string[][] =>
    pairs.map(({ left, right }) => [images[left], images[right]]);
  assert.deepEqual(namesOf(rest), [namesOf(lfw)[1], namesOf(lfw)[2]]);
  assert.deepEqual([...rest.images], [...new Set(namesOf(rest).flat())].sort());
  assert.deepEqual(withUsedImages(lfw), lfw);
  assert.match(
    String(describePairsLeftOut(rest, [{ path: lfw.images[1], reason: 'is empty' }])),
    /^2 of 4 pairs left out, images unreadable: 1 \(\S+\/\S+ is empty\): the result is not comparable/,
  );
});

test('no pairs.txt, no images, links that lead away', async (t) => {
  const folder = await temporaryFolder(t);
  const root = join(folder, 'set');
  await writeFiles(folder, { 'set/note.txt': '', ...filesIn('outside') });
  await assert.rejects(readLfwPairs(root), {
    code: 'not-found',
    message: `${root}/pairs.txt does not exist: an LFW folder holds pairs.txt beside aligned112/ or lfw/`,
  });
  await writeFiles(root, { 'pairs.txt': PAIRS });
  await assert.rejects(readLfwPairs(root), { code: 'bad-dataset', message: /has no identities/ });
  await symlink(join(folder, 'outside'), join(root, 'lfw'));
  await assert.rejects(readLfwPairs(root), {
    code: 'bad-dataset',
    message: `${root}/lfw leads out of ${root}`,
  });
  await assert.rejects(readLfwPairs(root, { imageFolder: '../outside' }), { code: 'bad-dataset' });
  await unlink(join(root, 'lfw'));
  await writeFiles(root, filesIn('lfw', IMAGES.slice(0, 4)));
  await symlink(join(folder, 'outside', 'Cy'), join(root, 'lfw', 'Cy'));
  await assert.rejects(readLfwPairs(root), { message: /1 missing .*Cy\/Cy_0001/ });
});

const REAL_LFW = join(import.meta.dirname, '../../../../shared/faces/lfw-dev');

test('the real half of LFW', { skip: !existsSync(REAL_LFW) }, async () => {
  const lfw = await readLfwPairs(REAL_LFW);
  assert.equal(lfw.folds, 5);
  assert.equal(lfw.pairs.length, 3000);
  for (let fold = 0; fold < 5; fold++) {
    const genuine = lfw.pairs.filter((pair) => pair.fold === fold && pair.isGenuine);
    assert.equal(genuine.length, 300);
    assert.ok(
      genuine.every((pair) => lfw.images[pair.left].split('/')[0] === lfw.images[pair.right].split('/')[0]),
    );
  }
});
