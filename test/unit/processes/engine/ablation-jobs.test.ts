// The rows of an ablation: which terms are on, what stays as it was asked for, what is read back.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ABLATION_ROWS } from '../../../../src-main/contract/ablations.ts';
import { DEFAULT_FACE_BN } from '../../../../src-main/engine/adaptation/face-bn.ts';
import { presetSettings } from '../../../../src-main/engine/training/settings.ts';
import {
  ABLATION_FACE_BN,
  ablationRun,
  listAblations,
  rowSettings,
} from '../../../../src-main/processes/engine/ablation-jobs.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('each row has its own terms, and everything else of the settings', () => {
  const ours = presetSettings('ours');
  const terms = ABLATION_ROWS.map((row) => {
    const { classification, instance, relation, embedding, ...rest } = rowSettings(ours, row);
    assert.deepEqual(
      { ...ours, ...rest, classification, instance, relation, embedding },
      {
        ...ours,
        instance: { ...ours.instance, isOn: instance.isOn },
        relation: { ...ours.relation, isOn: relation.isOn },
        embedding: { ...ours.embedding, isOn: false },
      },
    );
    return [classification.isOn, instance.isOn, relation.isOn, embedding.isOn];
  });
  assert.deepEqual(terms, [
    [true, false, false, false],
    [true, true, false, false],
    [true, false, true, false],
    [true, true, true, false],
    [true, true, true, false],
  ]);
});

test('the last row is the student of the row before, under FaceBN as it is by default', () => {
  assert.equal(ablationRun('table', 'face-bn'), ablationRun('table', 'cls-iid-rid'));
  assert.deepEqual(ABLATION_FACE_BN, DEFAULT_FACE_BN);
});

test('tables are listed by name; damaged files and those of others are left out', async (t) => {
  const home = await temporaryFolder(t);
  assert.deepEqual(await listAblations(home), []);
  const folder = join(home, 'ablations');
  await mkdir(folder);
  const row = { row: 'cls', run: 'a-cls', accuracies: [] };
  await writeFile(join(folder, 'b.json'), JSON.stringify({ version: 1, name: 'b', rows: [] }));
  await writeFile(join(folder, 'a.json'), JSON.stringify({ version: 1, name: 'a', rows: [row] }));
  await writeFile(join(folder, 'cut.json'), '{"version":1,');
  await writeFile(join(folder, 'other.json'), '{}');
  assert.deepEqual(await listAblations(home), [
    { name: 'a', rows: [row] },
    { name: 'b', rows: [] },
  ]);
});
