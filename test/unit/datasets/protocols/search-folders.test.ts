import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import type { SearchSet } from '../../../../src-main/datasets/protocols/protocol-set.ts';
import {
  openScFace,
  openSurvFace,
  openTinyFace,
} from '../../../../src-main/datasets/protocols/search-folders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyPng, writeFiles } from '../../../support/tiny-png.ts';

const SILENT = ProgressToken.silent();

function filesOf(names: readonly string[]): Record<string, Uint8Array> {
  return Object.fromEntries(names.map((name, index) => [name, tinyPng(6, 6, index)]));
}

function subjectsOf(set: SearchSet, faces: readonly number[]): (string | null)[] {
  return faces.map((face) => set.subjectNames[set.subjects[face]] ?? null);
}

test('TinyFace: gallery, distractors and probes', async (context) => {
  const root = join(await temporaryFolder(context), 'tinyface');
  const names = [
    'Probe/12_3.png',
    'Probe/7_1.png',
    'Gallery_Match/12_1.png',
    'Gallery_Match/7_2.png',
    'Gallery_Distractor/5.png',
    'Probe/odd.png',
  ];
  await writeFiles(root, filesOf(names.map((name) => `Testing_Set/${name}`)));
  const set = await openTinyFace(root, SILENT);
  assert.deepEqual(subjectsOf(set, set.gallery), ['12', '7', null]);
  assert.deepEqual(subjectsOf(set, set.groups[0].probes), ['12', '7']);
  assert.deepEqual(set.leftOut, [
    { path: 'Testing_Set/Probe/odd.png', reason: 'has no subject number at the start of its name' },
  ]);
});

test('QMUL-SurvFace: someone in both splits is named and left out', async (context) => {
  const root = join(await temporaryFolder(context), 'survface');
  await writeFiles(
    root,
    filesOf([
      ...['gallery/1_cam1_1.png', 'gallery/1_cam2_2.png', 'gallery/2_cam1_1.png'],
      ...['mated_probe/1_cam3_9.png', 'mated_probe/4_cam3_9.png'],
      ...['unmated_probe/3_cam1_1.png', 'unmated_probe/2_cam9_1.png', 'unmated_probe/x.png'],
    ]),
  );
  const set = await openSurvFace(root, SILENT);
  assert.deepEqual(subjectsOf(set, set.gallery), ['1', '1', '2']);
  assert.deepEqual(subjectsOf(set, set.groups[0].probes), ['1', null, null]);
  assert.deepEqual(
    set.leftOut.map(({ path, reason }) => `${path} ${reason}`),
    [
      'mated_probe/4_cam3_9.png shows 4, who is not in the gallery, though it should be mated',
      'unmated_probe/2_cam9_1.png shows 2, who is in the gallery, though it should be a stranger',
    ],
  );
  assert.equal(set.withinRank, 20);
});

test('SCface: mug shots and three distances', async (context) => {
  const root = join(await temporaryFolder(context), 'scface');
  await writeFiles(
    root,
    filesOf([
      ...['mugshot/001_frontal.png', 'mugshot/002_frontal.png', 'mugshot/001_L1.png'],
      ...['cam/001_cam1_1.png', 'cam/002_cam5_1.png', 'cam/001_cam2_3.png', 'cam/001_cam6_1.png'],
    ]),
  );
  const set = await openScFace(root, SILENT);
  assert.deepEqual(subjectsOf(set, set.gallery), ['001', '002']);
  assert.deepEqual(
    set.groups.map(({ name, probes }) => [name, subjectsOf(set, probes)]),
    [
      ['4.20 m', ['001', '002']],
      ['2.60 m', []],
      ['1.00 m', ['001']],
    ],
  );
  assert.equal(set.leftOut.length, 2);
});

test('absent folders are named', async (context) => {
  const root = await temporaryFolder(context);
  await writeFiles(root, filesOf(['Probe/1_1.png']));
  await assert.rejects(openTinyFace(root, SILENT), {
    code: 'bad-dataset',
    message: /has no folder Gallery_Match: expected Probe, Gallery_Match, Gallery_Distractor/,
  });
  await assert.rejects(openScFace(root, SILENT), {
    code: 'bad-dataset',
    message: /no mug shot named like 001_frontal.jpg/,
  });
});
