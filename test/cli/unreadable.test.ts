// Unreadable images on the way through training and verification: named, counted, skipped, never fatal.

import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { glimpse, glimpseJson } from '../support/glimpse.ts';
import { writeFiles } from '../support/tiny-png.ts';
import { trainingBench, trainWords } from '../support/training-bench.ts';

/** A JPEG that ends in the middle of its picture. */
async function truncatedJpeg(): Promise<Buffer> {
  const raw = { width: 112, height: 112, channels: 3 as const };
  const noise = Buffer.from(Array.from({ length: 112 * 112 * 3 }, (_, at) => (at * 2654435761) >>> 24));
  const whole = await sharp(noise, { raw }).jpeg({ quality: 90 }).toBuffer();
  return whole.subarray(0, whole.length >> 1);
}

test('training leaves unreadable images out, says which, and counts them', async (context) => {
  const bench = await trainingBench(context);
  const options = { home: bench.home };
  await writeFiles(bench.faces, {
    'person-00/cut.jpg': await truncatedJpeg(),
    'person-01/empty.png': '',
    'nobody/1.jpg': await truncatedJpeg(),
    'nobody/2.jpg': 'no picture',
  });
  await truncate(join(bench.lfw, 'lfw', 'Person_1', 'Person_1_0002.png'), 2000);

  const { code, out, err } = await glimpse([...trainWords(bench, 'small'), '--json'], options);
  assert.equal(code, 0, err);
  const { skipped, reason, final } = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual([skipped, reason], [4, 'finished']);
  assert.ok(final !== null);
  assert.match(
    err,
    /^4 of 88 images left out: nobody\/1\.jpg [^;]+; nobody\/2\.jpg [^;]+; person-00\/cut\.jpg [^;]+; …$/m,
  );
  // Its genuine pair, and the impostor pair of the person before.
  assert.match(
    err,
    /^validation: 2 of 16 pairs left out, images unreadable: 1 \(Person_1\/Person_1_0002\.png [^)]+\)/m,
  );
  const config = JSON.parse(await readFile(join(bench.home, 'runs', 'small', 'config.json'), 'utf8'));
  assert.deepEqual([config.data.images, config.data.identities], [84, 14]);

  await context.test('resuming finds the same faces', async () => {
    const resumed = await glimpseJson(['train', '--resume', '--run', 'small'], options);
    assert.deepEqual([resumed.reason, resumed.skipped], ['finished', 4]);
  });

  await context.test('a mended image is another dataset', async () => {
    await writeFile(
      join(bench.faces, 'person-01', 'empty.png'),
      await readFile(join(bench.faces, 'person-01', '0.png')),
    );
    const { err: message, code: end } = await glimpse(['train', '--resume', '--run', 'small'], options);
    assert.equal(end, 1);
    assert.match(message, /was trained on other faces/);
  });

  await context.test('verification leaves the same pairs out and says so', async () => {
    const words = ['verify', '--model', 'small', '--dataset', bench.lfw, '--scenario', 'lr-lr'];
    const result = await glimpseJson(words, options);
    assert.equal(result.pairs, 14);
    assert.match(String(result.leftOut), /^2 of 16 pairs left out, images unreadable: 1 \(Person_1/);
  });
});
