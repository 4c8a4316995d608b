import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { RunFolder } from '../../../../src-main/engine/training/run-folder.ts';
import { presetSettings } from '../../../../src-main/engine/training/settings.ts';
import { listReadableFaces } from '../../../../src-main/processes/jobs/training-data.ts';
import { writeRecordSet } from '../../../support/made-records.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyPng } from '../../../support/tiny-png.ts';

test('training reads a record file as it does folders, without pictures that do not decode', async (context) => {
  const folder = await temporaryFolder(context);
  const records = join(folder, 'records');
  await writeRecordSet(records, [
    [tinyPng(8, 8, 10), Buffer.from('no picture'), tinyPng(8, 8, 30)],
    [Buffer.from('neither')],
    [tinyPng(8, 8, 50)],
  ]);
  const notes: string[] = [];
  const faces = await listReadableFaces(
    {
      run: new RunFolder(join(folder, 'run')),
      dataRoot: records,
      settings: presetSettings('quick'),
      teacher: null,
      validationRoot: null,
      resumes: false,
      cacheFolder: join(folder, 'cache'),
      environment: {},
      onEvent: () => {},
      onNote: (line) => notes.push(line),
    },
    ProgressToken.silent(),
  );
  context.after(() => faces.close());
  assert.deepEqual([...faces.dataset.labels], [0, 0, 1], 'the second identity has no picture left');
  assert.deepEqual(faces.dataset.identities, ['identity 0', 'identity 2']);
  const greys = [];
  for (let face = 0; face < 3; face++) greys.push((await faces.source.read(face)).data[0]);
  assert.deepEqual(greys, [10, 30, 50]);
  assert.equal(faces.skipped, 2);
  assert.match(notes[0], /^2 of 5 images left out: record 2 is not a JPEG/);
});
