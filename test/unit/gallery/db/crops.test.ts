import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { CropStore } from '../../../../src-main/gallery/db/crops.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyPng } from '../../../support/tiny-png.ts';

const PNG = tinyPng(4, 4, 1);
const JPEG = Buffer.from('\xff\xd8\xff no more is looked at', 'latin1');

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'));
}

test('a crop has the name that its content asks for, and is read by its digest', async (context) => {
  const folder = await temporaryFolder(context);
  const crops = new CropStore(folder);
  const digests = await crops.putAll([PNG, JPEG, PNG]);
  assert.deepEqual(digests[2], digests[0]);
  for (const [digest, content, ending] of [
    [digests[0], PNG, 'png'],
    [digests[1], JPEG, 'jpg'],
  ] as const) {
    const hex = createHash('sha256').update(content).digest('hex');
    assert.equal(crops.nameOf(digest), `${hex.slice(0, 2)}/${hex}.${ending}`);
    assert.ok(crops.has(digest) && existsSync(join(folder, crops.nameOf(digest))));
    assert.deepEqual(crops.read(digest), content);
  }
  assert.equal(filesIn(folder).length, 2);
});

test('what a kill has left half written, or somebody has damaged, is whole again once it is put', async (context) => {
  const folder = await temporaryFolder(context);
  const crops = new CropStore(folder);
  const [png, jpeg] = await crops.putAll([PNG, JPEG]);
  writeFileSync(crops.pathOf(png), PNG.subarray(0, 20));
  writeFileSync(crops.pathOf(jpeg), '');
  await crops.putAll([JPEG, PNG, JPEG]);
  assert.deepEqual([crops.read(png), crops.read(jpeg)], [PNG, JPEG]);
  assert.equal(filesIn(folder).length, 2, 'and nothing else');
});

test('one crop, put by many at once, is written once and stays', async (context) => {
  const folder = await temporaryFolder(context);
  const crops = new CropStore(folder);
  const large = Buffer.concat([JPEG, Buffer.alloc(2 ** 20, 7)]);
  const putByMany = (): Promise<Buffer[][]> =>
    Promise.all(Array.from({ length: 8 }, () => crops.putAll([large, large])));
  const digests = await putByMany();
  writeFileSync(crops.pathOf(digests[0][0]), 'damaged');
  assert.deepEqual(await putByMany(), digests);
  for (const [first, second] of digests) assert.deepEqual([crops.read(first), first], [large, second]);
  assert.deepEqual(filesIn(folder), [crops.nameOf(digests[0][0])]);
});

test('a crop that is missing or changed is told of, and not copied', async (context) => {
  const crops = new CropStore(join(await temporaryFolder(context), 'crops'));
  const copies = new CropStore(join(await temporaryFolder(context), 'copies'));
  const [digest, other] = await crops.putAll([JPEG, PNG]);
  crops.copy(digest, copies);
  assert.deepEqual(copies.read(digest), JPEG);
  writeFileSync(crops.pathOf(other), 'other');
  assert.throws(() => crops.copy(other, copies), { code: 'bad-data', message: /\.png is damaged/ });
  assert.ok(!copies.has(other));
  crops.remove(digest);
  assert.throws(() => crops.read(digest), { code: 'not-found', message: /is missing: restore/ });
});

test('a sweep leaves the crops that are named, of either kind', async (context) => {
  const folder = await temporaryFolder(context);
  const crops = new CropStore(folder);
  const extra = Buffer.concat([JPEG, JPEG]);
  const [png, jpeg, loose] = await crops.putAll([PNG, JPEG, extra]);
  writeFileSync(`${crops.pathOf(jpeg)}.half.tmp`, 'half');
  crops.sweep((digest) => !digest.equals(loose), ProgressToken.silent());
  assert.deepEqual(filesIn(folder).sort(), [crops.nameOf(png), crops.nameOf(jpeg)].sort());
});
