import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { MinedRelations, MiningOptions } from '../../../../src-main/engine/mining/mine.ts';
import { loadMined, loadOrMine, minedKey, saveMined } from '../../../../src-main/engine/mining/mined-file.ts';

const OPTIONS: MiningOptions = { negatives: 2, sampling: 'hard', seed: 3, positivesCap: 10 };
const KEY = minedKey('teacher', 'dataset', 4, OPTIONS);
const MINED: MinedRelations = {
  faces: 4,
  negativesPerFace: 2,
  negatives: Int32Array.of(2, 3, 3, 2, 0, 1, 1, 0),
  positives: { offsets: Int32Array.of(0, 1, 2, 3, 4), indices: Int32Array.of(1, 0, 3, 2) },
};

async function minedPath(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-mined-'));
  context.after(() => rm(folder, { recursive: true }));
  return join(folder, 'cache', 'mined.bin');
}

async function reasonOf(path: string, key = KEY): Promise<string> {
  const loaded = await loadMined(path, key);
  assert.equal(loaded.kind, 'unusable');
  return loaded.kind === 'unusable' ? loaded.reason : '';
}

test('what was saved is loaded', async (context) => {
  const path = await minedPath(context);
  assert.deepEqual(await loadMined(path, KEY), { kind: 'absent' });
  await saveMined(path, KEY, MINED);
  assert.deepEqual(await loadMined(path, KEY), { kind: 'loaded', mined: MINED });
});

test('the seed belongs to the key of random sampling only', () => {
  assert.equal(KEY.seed, 0);
  assert.equal(minedKey('teacher', 'dataset', 4, { ...OPTIONS, sampling: 'random' }).seed, 3);
});

test('a file mined from something else is unusable and says what differs', async (context) => {
  const path = await minedPath(context);
  await saveMined(path, KEY, MINED);
  assert.match(await reasonOf(path, { ...KEY, teacherDigest: 'other' }), /teacherDigest teacher, not other/);
  assert.match(
    await reasonOf(path, { ...KEY, datasetFingerprint: 'x' }),
    /datasetFingerprint dataset, not x/,
  );
  assert.match(await reasonOf(path, { ...KEY, negatives: 1 }), /negatives 2, not 1/);
  assert.match(await reasonOf(path, { ...KEY, sampling: 'random' }), /sampling hard, not random/);
  assert.match(await reasonOf(path, { ...KEY, faces: 5 }), /faces 4, not 5/);
});

test('every truncation and every flipped byte is noticed', async (context) => {
  const path = await minedPath(context);
  await saveMined(path, KEY, MINED);
  const whole = await readFile(path);
  for (let length = 0; length < whole.length; length++) {
    await writeFile(path, whole.subarray(0, length));
    await reasonOf(path);
  }
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] ^= 1;
    await writeFile(path, damaged);
    await reasonOf(path);
  }
  await writeFile(path, Buffer.concat([whole, Buffer.of(0)]));
  assert.match(await reasonOf(path), /bytes/);
});

test('an unusable file is mined again, once', async (context) => {
  const path = await minedPath(context);
  let minings = 0;
  const reasons: string[] = [];
  const get = (): Promise<MinedRelations> =>
    loadOrMine(
      path,
      KEY,
      async () => {
        minings++;
        return MINED;
      },
      (reason) => reasons.push(reason),
    );
  await get();
  assert.deepEqual([minings, reasons.length], [1, 0]);
  await get();
  assert.equal(minings, 1);
  await writeFile(path, 'not a mined file');
  assert.deepEqual(await get(), MINED);
  assert.equal(minings, 2);
  assert.match(reasons.join(), /is not a file of mined relations/);
  await get();
  assert.equal(minings, 2);
});
