// How well a gallery finds its people again, through the command line.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeIdentityFolders } from '../support/made-faces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyNetwork } from '../support/tiny-network.ts';

interface Row {
  readonly probeSide: string;
  readonly gallerySide: string;
  readonly probe: number;
  readonly gallerySubjects: number;
  readonly rank1: { readonly rate: number; readonly searches: number; readonly subjects: number };
  readonly openSet: { readonly kind: string };
}

test('identify: faces of a person are split, and none stands on both sides', async (context) => {
  const folder = await temporaryFolder(context);
  const options = { home: join(folder, 'home') };
  const [faces, model] = [join(folder, 'faces'), join(folder, 'tiny.glimpse')];
  await makeIdentityFolders(faces, { identities: 12, images: 4 });
  await saveNetwork(model, tinyNetwork(3));
  await glimpseJson(['gallery', 'create', 'door'], options);
  assert.match(
    await glimpseFailure(['identify', 'door'], options, { code: 'bad-data' }),
    /door has no faces to search among yet/,
  );
  await glimpseJson(['gallery', 'enrol', 'door', faces, '--crops', '--model', model], options);

  const words = ['identify', 'door', '--faces', '1,2', '--repeats', '3'];
  const report = await glimpseJson(words, options);
  const rows = report.rows as Row[];
  assert.deepEqual(
    rows.map(({ probeSide, gallerySide, probe }) => `${probeSide}-${gallerySide} ${probe}`),
    ['lr-lr 1', 'lr-lr 2'],
  );
  // Two faces of four are searched with in each of three draws, one by one or fused to one.
  assert.deepEqual(
    rows.map(({ rank1 }) => [rank1.searches, rank1.subjects]),
    [
      [72, 12],
      [36, 12],
    ],
  );
  assert.ok(rows.every(({ rank1, gallerySubjects }) => rank1.rate > 1 / 12 && gallerySubjects === 12));
  assert.ok(
    rows.every(({ openSet }) => openSet.kind === 'refused'),
    'FPIR 0.01 takes more searches',
  );
  assert.deepEqual((await glimpseJson(words, options)).rows, rows, 'the seed fixes every draw');

  const list = join(folder, 'probes.txt');
  await writeFile(list, 'person-03\n\nperson-05\n');
  const some = (await glimpseJson([...words, '--probes', list], options)).rows as Row[];
  assert.deepEqual([some[0].rank1.subjects, some[0].gallerySubjects], [2, 12]);
  await writeFile(list, 'nobody\n');
  assert.match(
    await glimpseFailure([...words, '--probes', list], options, { code: 'not-found' }),
    /there is no subject "nobody" in door/,
  );
  assert.match(
    await glimpseFailure(['identify', 'door', '--faces', '3'], options, { code: 'bad-data' }),
    /no identity has the 6 faces/,
  );
  const { out } = await glimpse(words, options);
  assert.match(out, /LR-LR +\| +1 \| +72 \| +12 \| +12 \|/);
});
