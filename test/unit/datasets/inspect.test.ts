import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressToken } from '../../../src-main/common/progress.ts';
import { fingerprintOf, listIdentityFolders } from '../../../src-main/datasets/identity-folders.ts';
import { inspectDataset } from '../../../src-main/datasets/inspect.ts';
import { formatInspection } from '../../../src-main/datasets/inspection-lines.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyPng, writeFiles } from '../../support/tiny-png.ts';

test('identity folders: counts, sizes, unreadable files with reasons, the fingerprint', async (t) => {
  const root = await temporaryFolder(t);
  const whole = tinyPng(8, 8, 10);
  const files = {
    'a/1.png': whole,
    'a/2.png': tinyPng(8, 8, 20),
    'a/3.png': tinyPng(4, 2, 30),
    'b/1.png': tinyPng(8, 8, 40),
    'b/cut.png': whole.subarray(0, 50),
    'c/empty.png': new Uint8Array(0),
    'd/1.png': whole,
    'd/text.png': 'not a picture',
    'd/notes.txt': 'n',
  };
  await writeFiles(root, files);
  const stages: string[] = [];
  const progress = new ProgressToken(
    (report) => stages.push(`${report.stage} ${report.done}/${report.total}`),
    new AbortController().signal,
  );
  const report = await inspectDataset(root, { progress });

  assert.equal(report.kind, 'identity-folders');
  assert.equal(report.identities, 4);
  assert.equal(report.images, 8);
  assert.equal(report.readableImages, 5);
  assert.deepEqual(
    report.unreadable.map((entry) => entry.path),
    ['b/cut.png', 'c/empty.png', 'd/text.png'],
  );
  assert.match(report.unreadable[0].reason, /^cannot be decoded: \S/);
  assert.equal(report.unreadable[1].reason, 'is empty');
  assert.match(report.unreadable[2].reason, /^is not a JPEG, PNG/);
  assert.ok(report.unreadable.every((entry) => !entry.reason.includes('\n')));
  assert.deepEqual(report.leftOut, [{ path: 'd/notes.txt', reason: 'has no image ending' }]);
  // Readable images: a 3, b 1, c 0, d 1.
  assert.equal(report.identitiesWithOneImage, 2);
  assert.deepEqual(report.identitiesWithoutReadableImage, ['c']);
  assert.deepEqual(report.imagesPerIdentity, {
    min: 0,
    median: 1,
    max: 3,
    buckets: [
      { from: 1, to: 1, identities: 2 },
      { from: 3, to: 3, identities: 1 },
    ],
  });
  assert.deepEqual(report.imageSizes, {
    min: { widthPx: 4, heightPx: 2 },
    median: { widthPx: 8, heightPx: 8 },
    max: { widthPx: 8, heightPx: 8 },
    histogram: [
      { widthPx: 8, heightPx: 8, images: 4 },
      { widthPx: 4, heightPx: 2, images: 1 },
    ],
  });
  assert.deepEqual(report.duplicates, [['a/1.png', 'd/1.png']]);
  const bytes = Object.entries(files).map(([path, content]) => (path.endsWith('.png') ? content.length : 0));
  assert.equal(
    report.totalBytes,
    bytes.reduce((sum, length) => sum + length, 0),
  );
  assert.equal(report.fingerprint, await fingerprintOf(await listIdentityFolders(root)));
  assert.equal(report.pairs, null);
  assert.equal(stages.at(-1), 'inspect 8/8');
});

test('an LFW root: pairs, folds, missing and unreadable images', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, {
    'pairs.txt': '2\t1\nAnn\t1\t2\nAnn\t1\tBob\t1\nCy\t1\t2\nCy\t1\tBob\t1\n',
    'lfw/Ann/Ann_0001.png': tinyPng(8, 8, 10),
    'lfw/Ann/Ann_0002.png': 'broken',
    'lfw/Bob/Bob_0001.png': tinyPng(8, 8, 20),
    'lfw/Extra/Extra_0001.png': tinyPng(8, 8, 30),
  });
  const report = await inspectDataset(root);
  assert.equal(report.kind, 'lfw');
  assert.equal(report.identities, 3);
  assert.deepEqual(report.pairs, {
    folds: 2,
    pairs: 2,
    genuinePairs: 1,
    impostorPairs: 1,
    missing: [
      { path: 'Cy/Cy_0001', pairs: 2 },
      { path: 'Cy/Cy_0002', pairs: 1 },
    ],
    pairsLeftOut: 2,
    pairsWithUnreadableImages: 1,
    emptyFolds: [2],
  });
});

test('cancelling stops it', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'a/1.png': tinyPng(2, 2, 0) });
  const progress = new ProgressToken(() => {}, AbortSignal.abort());
  await assert.rejects(inspectDataset(root, { progress }), { code: 'cancelled' });
});

test('no readable image at all is a report, not a crash', async (t) => {
  const root = await temporaryFolder(t);
  await writeFiles(root, { 'a/1.png': 'x' });
  const report = await inspectDataset(root);
  assert.equal(report.imageSizes, null);
  assert.equal(report.readableImages, 0);
  assert.ok(formatInspection(report).some((line) => line.includes('0 readable, 1 unreadable')));
});

test('the report as lines: long lists are cut, control characters are escaped', async (t) => {
  const root = await temporaryFolder(t);
  const broken = Array.from({ length: 12 }, (_, index) => [`a/broken\n${index}.png`, 'x']);
  await writeFiles(root, {
    ...Object.fromEntries(broken),
    'a/1.png': tinyPng(8, 8, 1),
    'b/1.png': tinyPng(8, 8, 2),
    'b/2.png': tinyPng(8, 8, 3),
  });
  const lines = formatInspection(await inspectDataset(root));
  assert.equal(lines[0], `${root}: identity folders`);
  assert.ok(lines.includes('  identities            2, 1 of them with one image'));
  assert.ok(lines.includes('  image size            8×8, every image'));
  assert.ok(lines.includes(`                     1  ${'█'.repeat(30)} 1`));
  assert.ok(lines.includes('    … and 2 more'));
  assert.ok(lines.some((line) => line.startsWith('    "a/broken\\n0.png" is not a JPEG')));
  assert.ok(lines.every((line) => !line.includes('\n')));
});
