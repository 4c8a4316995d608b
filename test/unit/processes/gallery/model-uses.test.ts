// Which galleries hang on a model: read beside whoever holds them, and a damaged one is told without hiding the others.

import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureSpace, type Side } from '../../../../src-main/gallery/db/queries/spaces.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { galleryFolder } from '../../../../src-main/gallery/gallery-folder.ts';
import { modelUses } from '../../../../src-main/processes/gallery/model-uses.ts';
import { holdGallery } from '../../../support/gallery-holder.ts';
import { madeActing } from '../../../support/made-gallery.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const STUDENT = 'a'.repeat(64);
const TEACHER = 'b'.repeat(64);

function madeGallery(home: string, name: string, models: readonly (readonly [string, Side])[]): Gallery {
  const gallery = Gallery.create(galleryFolder(home, name), madeActing());
  gallery.change(() => {
    for (const [modelDigest, side] of models) {
      const key = { modelDigest, side, profileDigest: null, preprocessing: 1, frameDigest: TEACHER };
      ensureSpace(gallery.database, { ...key, dimension: 8 }, 0);
    }
  });
  return gallery;
}

test('each gallery tells its models, also while another program holds it', async (t) => {
  const home = await temporaryFolder(t);
  assert.deepEqual(modelUses(home), { galleries: [], problems: [] });
  await mkdir(join(home, 'galleries'));
  madeGallery(home, 'empty', []).close();
  madeGallery(home, 'both', [
    [TEACHER, 'hr'],
    [STUDENT, 'lr'],
  ]).close();
  madeGallery(home, 'held', [[STUDENT, 'lr']]).close();
  const before = await readdir(home, { recursive: true });
  const holding = await holdGallery(join(galleryFolder(home, 'held'), 'gallery.sqlite'));
  t.after(() => holding.kill());
  assert.deepEqual(modelUses(home), {
    galleries: [
      { name: 'both', models: [STUDENT, TEACHER] },
      { name: 'empty', models: [] },
      { name: 'held', models: [STUDENT] },
    ],
    problems: [],
  });
  const left = await readdir(home, { recursive: true });
  const others = (names: readonly string[]): string[] =>
    names.filter((name) => !name.includes('held.gallery')).sort();
  assert.deepEqual(others(left), others(before), 'a look leaves nothing in a gallery that nobody holds');
});

test('a gallery that cannot be read is named, and the others are told all the same', async (t) => {
  const home = await temporaryFolder(t);
  await mkdir(join(home, 'galleries'));
  madeGallery(home, 'whole', [[STUDENT, 'lr']]).close();
  await mkdir(galleryFolder(home, 'broken'));
  await writeFile(
    join(galleryFolder(home, 'broken'), 'gallery.sqlite'),
    'no database, but longer than its header'.repeat(30),
  );
  const { galleries, problems } = modelUses(home);
  assert.deepEqual(galleries, [{ name: 'whole', models: [STUDENT] }]);
  assert.equal(problems.length, 1);
  assert.match(problems[0], /broken\.gallery.*damaged or no gallery/);
});
