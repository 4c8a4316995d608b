import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { openSurvFacePairs } from '../../../../src-main/datasets/protocols/survface-pairs.ts';
import { readFixture } from '../../../support/fixtures.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyPng, writeFiles } from '../../../support/tiny-png.ts';

test('pairs of both lists; absent pictures and contradictions are named', async (context) => {
  const root = join(await temporaryFolder(context), 'QMUL-SurvFace');
  const { plain, pairs } = readFixture<{ plain: string; pairs: string[][] }>('mat.json');
  const list = Buffer.from(plain, 'base64');
  const base = 'Face_Verification_Test_Set';
  const pictures = pairs.flat().filter((name) => name !== '3_cam9_14.png');
  await writeFiles(root, {
    ...Object.fromEntries(pictures.map((name) => [`${base}/verification_images/${name}`, tinyPng(6, 6, 9)])),
    [`${base}/positive_pairs_names.mat`]: list,
    // Names of the same length in another list: its first pair shows two people.
    [`${base}/negative_pairs_names.mat`]: Buffer.from(
      list.toString('latin1').replaceAll('1_cam2_3.png', '2_cam1_2.png'),
      'latin1',
    ),
  });
  const set = await openSurvFacePairs(root, ProgressToken.silent());
  const named = set.pairs.map(({ left, right, isGenuine }) => [
    set.faces.names[left],
    set.faces.names[right],
    isGenuine,
  ]);
  assert.deepEqual(named, [
    ['1_cam1_1.png', '1_cam2_3.png', true],
    ['2_cam1_1.png', '2_cam1_2.png', true],
    ['1_cam1_1.png', '2_cam1_2.png', false],
  ]);
  assert.deepEqual(
    set.leftOut.map(({ path, reason }) => `${path} ${reason}`),
    [
      'positive_pairs_names.mat, pair 3 names 3_cam9_14.png, which is not there',
      'negative_pairs_names.mat, pair 2 names 2_cam1_1.png and 2_cam1_2.png, which show one person by their names',
      'negative_pairs_names.mat, pair 3 names 3_cam9_14.png, which is not there',
    ],
  );
  assert.equal(set.pairsLeftOut, 3);
});
