import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cacheFolderOf, writeFileAtomically } from '../../../../src-main/common/files.ts';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { datasetCacheFolder } from '../../../../src-main/datasets/dataset-cache.ts';
import { fingerprintOf, listIdentityFolders } from '../../../../src-main/datasets/identity-folders.ts';
import { findUnreadable } from '../../../../src-main/datasets/readable.ts';
import { saveMined } from '../../../../src-main/engine/mining/mined-file.ts';
import { embeddingKey } from '../../../../src-main/engine/teacher/teacher-card.ts';
import { findTeacher } from '../../../../src-main/engine/teacher/teacher-store.ts';
import { readAlignedFace } from '../../../../src-main/engine/teacher/view-cache.ts';
import { RunFolder } from '../../../../src-main/engine/training/run-folder.ts';
import { presetSettings } from '../../../../src-main/engine/training/settings.ts';
import { drawMinedSamples } from '../../../../src-main/processes/engine/mined-samples.ts';
import { savePicture } from '../../../../src-main/processes/engine/samples.ts';
import { minedPlace } from '../../../../src-main/processes/jobs/training-data.ts';
import { makeIdentityFolders } from '../../../support/made-faces.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { makeWindowHome, TEACHER } from '../../../support/window-home.ts';

const NEGATIVES = 2;

/**
 * Three identities of two faces, a file that does not decode between them, and relations made by hand in which face 0 alone
 * has positives: so it is the one that is shown.
 */
async function makeRun(context: TestContext) {
  const { home, faces } = await makeWindowHome(await temporaryFolder(context), { identities: 3, images: 2 });
  const broken = (await listIdentityFolders(faces)).paths[0].replace('/', '/000-broken-');
  await writeFileAtomically(join(faces, broken), Buffer.from('no picture'));
  const cacheFolder = cacheFolderOf(home);
  const all = await listIdentityFolders(faces);
  const fingerprint = await fingerprintOf(all);
  const unreadable = await findUnreadable(all, fingerprint, cacheFolder, ProgressToken.silent());
  assert.deepEqual(
    unreadable.map(({ path }) => path),
    [broken],
  );
  const dataset = { ...all, paths: all.paths.filter((path) => path !== broken) };
  const { card } = await findTeacher(home, TEACHER);
  const preset = presetSettings('quick');
  const settings = {
    ...preset,
    relation: { ...preset.relation, isOn: true, negatives: NEGATIVES, sampling: 'hard' as const },
  };
  const { path, key } = minedPlace(settings, card, fingerprint, 6, cacheFolder);
  await saveMined(path, key, {
    faces: 6,
    negativesPerFace: NEGATIVES,
    negatives: Int32Array.from([4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    positives: { offsets: Int32Array.from([0, 1, 1, 1, 1, 1, 1]), indices: Int32Array.from([1]) },
  });
  const embeddings = new Float32Array(6 * card.embeddingSize);
  for (const [face, cosine] of [1, 0.25, 0, 0.5, 0.75, 0].entries()) {
    embeddings[face * card.embeddingSize] = cosine;
    embeddings[face * card.embeddingSize + 1] = Math.sqrt(1 - cosine ** 2);
  }
  const views = join(datasetCacheFolder(cacheFolder, fingerprint), `teacher-${embeddingKey(card)}`);
  await writeFileAtomically(join(views, 'plain-0.f32'), new Uint8Array(embeddings.buffer));
  const startRun = (name: string, changes = {}) =>
    new RunFolder(join(home, 'runs', name)).create({
      version: 1,
      settings: { ...settings, ...changes },
      data: { root: faces, fingerprint, images: 6, identities: 3 },
      teacher: { name: TEACHER, digest: card.digest },
      validation: null,
      environment: {},
      startedAt: '2026-01-01T00:00:00.000Z',
    });
  await startRun('made');
  return { home, faces, cacheFolder, dataset, settings, startRun, minedPath: path, views };
}

test('a face is shown with its positives and negatives as they were mined, hardest first', async (context) => {
  const { home, cacheFolder, dataset } = await makeRun(context);
  const drawn = await drawMinedSamples(home, 'made', 0);
  assert.ok(drawn.kind === 'mined');
  assert.equal(drawn.sampling, 'hard');
  const [shown, ...others] = drawn.faces;
  assert.deepEqual(others, [], 'a face without a positive takes no part');
  const pictureOf = async (face: number) => savePicture(await readAlignedFace(dataset, face), cacheFolder);
  const named = async (face: number, cosine: number) => ({
    identity: dataset.identities[Math.floor(face / 2)],
    picture: await pictureOf(face),
    cosine,
  });
  assert.equal(shown.picture, await pictureOf(0));
  assert.equal(shown.identity, dataset.identities[0]);
  assert.deepEqual(shown.positives, [await named(1, 0.25)]);
  assert.deepEqual(shown.negatives, [await named(4, 0.75), await named(3, 0.5)]);
  assert.ok(existsSync(join(cacheFolder, shown.picture)));
});

test('where there is nothing to show the answer says why, and nothing is mined', async (context) => {
  const { home, faces, settings, startRun, minedPath, views } = await makeRun(context);
  const reasonOf = async (run: string) => {
    const drawn = await drawMinedSamples(home, run, 0);
    return drawn.kind === 'none' ? drawn.reason : drawn.kind;
  };
  await startRun('off', { relation: { ...settings.relation, isOn: false } });
  assert.equal(await reasonOf('off'), 'term-off');
  await startRun('other', { relation: { ...settings.relation, negatives: 3 } });
  assert.equal(await reasonOf('other'), 'not-kept', 'relations of other settings are not shown');

  await makeIdentityFolders(faces, { identities: 4, images: 2 });
  assert.equal(await reasonOf('made'), 'data-changed');
  await rm(join(faces, (await listIdentityFolders(faces)).identities[3]), { recursive: true });
  assert.equal(await reasonOf('made'), 'mined');
  await rm(views, { recursive: true });
  assert.equal(await reasonOf('made'), 'not-kept');
  await rm(minedPath);
  assert.equal(await reasonOf('made'), 'not-kept');
  assert.ok(!existsSync(minedPath));
  await rm(join(home, 'teachers', TEACHER), { recursive: true });
  assert.equal(await reasonOf('made'), 'teacher-gone');
  await assert.rejects(drawMinedSamples(home, 'gone', 0), /there is no run gone/);
});
