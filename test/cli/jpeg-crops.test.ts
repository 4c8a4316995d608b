// Crops that come as JPEG stay JPEG, without what the files say beside their pictures, wherever a gallery goes.

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { glimpse, glimpseJson } from '../support/glimpse.ts';
import { madeFace } from '../support/made-faces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyNetwork } from '../support/tiny-network.ts';

const SECRET = 'taken at the back door';
const COMMENT = Buffer.concat([Buffer.of(0xff, 0xfe, 0, SECRET.length + 2), Buffer.from(SECRET)]);

async function filesUnder(folder: string, ending: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(ending)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

test('enrolled, searched, exported, imported, backed up, embedded anew, purged', async (context) => {
  const folder = await temporaryFolder(context);
  const [faces, model, other] = ['faces', 'tiny.glimpse', 'other.glimpse'].map((name) => join(folder, name));
  const options = { home: join(folder, 'home') };
  const run = (...words: string[]): Promise<Record<string, unknown>> => glimpseJson(words, options);
  const ok = async (...words: string[]): Promise<void> => {
    const { code, err } = await glimpse(words, options);
    assert.equal(code, 0, err);
  };
  await saveNetwork(model, tinyNetwork(3));
  await saveNetwork(other, tinyNetwork(4));
  for (const person of [0, 1, 2]) {
    await mkdir(join(faces, `person-${person}`), { recursive: true });
    for (const image of [0, 1]) {
      const jpeg = await sharp(await madeFace(person, image))
        .jpeg({ quality: 90 })
        .toBuffer();
      const told = Buffer.concat([jpeg.subarray(0, 2), COMMENT, jpeg.subarray(2)]);
      await writeFile(join(faces, `person-${person}`, `${image}.jpg`), told);
    }
  }
  const galleryOf = (name: string): string => join(options.home, 'galleries', `${name}.gallery`);
  await run('gallery', 'create', 'door');
  await run('gallery', 'enrol', 'door', faces, '--crops', '--model', model);
  const crops = await filesUnder(join(galleryOf('door'), 'crops'), '.jpg');
  assert.equal(crops.size, 6);
  assert.equal((await filesUnder(join(galleryOf('door'), 'crops'), '.png')).size, 0);
  for (const bytes of crops.values()) assert.ok(!bytes.includes(SECRET));
  const probe = join(faces, 'person-1', '1.jpg');
  await run('case', 'create', 'door', 'At the back door');
  const search = ['gallery', 'search', 'door', probe, '--crops', '--model', model, '--by', 'face'];
  const { results } = await run(...search, '--case', '1');
  const [best] = results as { sourcePath: string; score: number }[];
  assert.equal(best.sourcePath, probe);
  assert.ok(Math.abs(best.score - 1) < 1e-6, 'the stored crop and the file are embedded alike');
  await ok('gallery', 'embed', 'door', '--model', other);
  await run('case', 'export', 'door', '1', join(folder, 'case'));
  const evidence = [...(await filesUnder(join(folder, 'case'), '.jpg')).values()];
  assert.deepEqual(evidence, [...crops.values()], 'the probe is one of the six that answered');
  const page = await readFile(join(folder, 'case', 'case.html'), 'utf8');
  assert.equal(page.match(/<img src="data:image\/jpeg;base64,/g)?.length, 7, 'the probe and six answers');
  await run('gallery', 'export', 'door', join(folder, 'out.zip'));
  await run('gallery', 'import', join(folder, 'out.zip'), 'again');
  await run('gallery', 'backup', 'door', join(folder, 'copy.gallery'));
  for (const copy of [galleryOf('again'), join(folder, 'copy.gallery')])
    assert.deepEqual(await filesUnder(join(copy, 'crops'), '.jpg'), crops, copy);
  for (const name of ['door', 'again']) await ok('gallery', 'verify', name);
  await ok('gallery', 'purge', 'door', '--subject', 'person-1', '--yes');
  assert.equal((await filesUnder(join(galleryOf('door'), 'crops'), '.jpg')).size, 4);
  await ok('gallery', 'verify', 'door');
});
