import assert from 'node:assert/strict';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_FACE_BN } from '../../../../src-main/engine/adaptation/face-bn.ts';
import {
  layerShifts,
  loadProfile,
  type Profile,
  saveProfile,
} from '../../../../src-main/engine/adaptation/profile-file.ts';
import { assertClose } from '../../../support/close.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { TINY_SPEC, tinyNetwork } from '../../../support/tiny-network.ts';

const student = tinyNetwork(1);
const PROFILE: Omit<Profile, 'digest'> = {
  header: {
    version: 1,
    name: 'yard',
    studentDigest: 'a'.repeat(64),
    sourceFingerprint: 'f',
    source: 'faces',
    faces: 40,
    settings: DEFAULT_FACE_BN,
    createdAt: '2026-01-01T00:00:00.000Z',
  },
  statistics: tinyNetwork(2).statistics,
  observed: tinyNetwork(3).statistics,
  faces: 40,
};

test('a profile is loaded as it was saved, observed statistics too', async (context) => {
  const path = join(await temporaryFolder(context), 'profiles', 'yard.glimpse');
  await saveProfile(path, PROFILE);
  const { digest, ...loaded } = await loadProfile(path, student, 'a'.repeat(64));
  assert.deepEqual(loaded, PROFILE);
  assert.match(digest, /^[0-9a-f]{64}$/);
});

test('the digest is of what a profile does: the same on another day, another with other statistics', async (context) => {
  const folder = await temporaryFolder(context);
  const digestOf = async (profile: typeof PROFILE): Promise<string> => {
    const path = join(folder, 'profile.glimpse');
    await saveProfile(path, profile);
    return (await loadProfile(path, student, 'a'.repeat(64))).digest;
  };
  const digest = await digestOf(PROFILE);
  const header = { ...PROFILE.header, createdAt: '2027-01-01T00:00:00.000Z', name: 'other' };
  assert.equal(await digestOf({ ...PROFILE, header }), digest);
  assert.notEqual(await digestOf({ ...PROFILE, statistics: tinyNetwork(4).statistics }), digest);
});

test('another student’s profile, one of another shape, and a cut-off one are refused by name', async (context) => {
  const path = join(await temporaryFolder(context), 'yard.glimpse');
  await saveProfile(path, PROFILE);
  await assert.rejects(loadProfile(path, student, 'b'.repeat(64)), {
    code: 'bad-checkpoint',
    message: /yard\.glimpse was estimated for another student \(aaaaaaaaaaaa…, not bbbbbbbbbbbb…\)/,
  });
  const wider = tinyNetwork(1, { ...TINY_SPEC, widthFactor: 1 / 16 });
  await assert.rejects(loadProfile(path, wider, 'a'.repeat(64)), {
    code: 'bad-checkpoint',
    message: /yard\.glimpse: batch norm stem\.norm has no statistics for its 4 channels/,
  });
  await truncate(path, (await readFile(path)).length - 1);
  await assert.rejects(loadProfile(path, student, 'a'.repeat(64)), {
    code: 'bad-checkpoint',
    message: /yard\.glimpse is not a usable FaceBN profile file/,
  });
});

test('layer shifts by hand', () => {
  const statistics = (mean: number[], variance: number[]) =>
    new Map([['stem.norm', { mean: Float32Array.from(mean), variance: Float32Array.from(variance) }]]);
  const [shift] = layerShifts(statistics([0, 2], [1, 4]), {
    observed: statistics([3, -6], [2, 2]),
    statistics: statistics([1, 1], [3, 5]),
    faces: 1,
  });
  assert.equal(shift.norm, 'stem.norm');
  assert.deepEqual(shift.mean, [1, -1.5, 1]);
  assert.deepEqual(shift.variance, [2.5, 2, 4]);
  // (3 / 1)² and (−8 / 2)²: the root of their mean
  assertClose([shift.standardisedShift], [Math.sqrt((9 + 16) / 2)], 1e-5);
});
