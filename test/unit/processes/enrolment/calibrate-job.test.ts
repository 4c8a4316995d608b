import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { DEFAULT_FACE_BN } from '../../../../src-main/engine/adaptation/face-bn.ts';
import { readProfileHeader } from '../../../../src-main/engine/adaptation/profile-file.ts';
import { saveNetwork } from '../../../../src-main/engine/models/student-file.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { CropStore } from '../../../../src-main/gallery/db/crops.ts';
import {
  type CalibrationSource,
  calibrateProfile,
} from '../../../../src-main/processes/enrolment/calibrate-job.ts';
import { openStudent } from '../../../../src-main/processes/jobs/student.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyNetwork } from '../../../support/tiny-network.ts';
import { tinyPng } from '../../../support/tiny-png.ts';

test('the same faces and settings give the profile that is there; others give another; too few are refused', async (context) => {
  const folder = await temporaryFolder(context);
  const runtime = loadRuntime();
  await saveNetwork(join(folder, 'tiny.glimpse'), tinyNetwork(4));
  const student = await openStudent(runtime, 'tiny.glimpse', {
    dataFolder: folder,
    callerFolder: folder,
    profile: null,
  });
  context.after(() => student.dispose());
  const crops = new CropStore(join(folder, 'crops'));
  const pngs = Array.from({ length: 12 }, (_, at) => tinyPng(16, 16, at * 9));
  const digests = (await crops.putAll(pngs)).map((digest) => digest.toString('hex'));
  const source: CalibrationSource = { gallery: 'Hall 1', camera: null, crops, digests };
  const calibrate = (changes: Partial<CalibrationSource>, lambda: number, createdAt: Date) =>
    calibrateProfile(
      runtime,
      student,
      { ...source, ...changes },
      { settings: { ...DEFAULT_FACE_BN, lambda }, profilesFolder: join(folder, 'profiles'), createdAt },
      ProgressToken.silent(),
    );
  const first = await calibrate({}, 1, new Date(1000));
  const bytes = await readFile(first.path);
  assert.equal(first.faces, 12);
  assert.deepEqual(await calibrate({}, 1, new Date(2000)), first);
  assert.deepEqual(await readFile(first.path), bytes, 'it is not made anew');

  const other = await calibrate({}, 0.5, new Date(3000));
  assert.notEqual(other.path, first.path);
  const { name, source: where, settings } = await readProfileHeader(other.path);
  assert.match(name, /^tiny-Hall 1-pooled-0\.5-[0-9a-f]{8}$/);
  assert.deepEqual([where, settings.lambda], ['Hall 1', 0.5]);
  const fewer = await calibrate({ camera: 'gate', digests: digests.slice(0, 9) }, 1, new Date(4000));
  assert.equal((await readProfileHeader(fewer.path)).source, 'camera gate of Hall 1');
  await assert.rejects(calibrate({ digests: digests.slice(0, 3) }, 1, new Date(5000)), {
    code: 'bad-data',
    message: 'Hall 1 has 3 faces, and FaceBN takes 8 or more',
  });
  await assert.rejects(calibrate({ digests: [...digests.slice(0, 9), 'ff'.repeat(32)] }, 1, new Date(6000)), {
    code: 'not-found',
  });
});
