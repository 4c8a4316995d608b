// The real engine process: asked as the host asks it, over the wire that an older Node needs.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TrainingEvent } from '../../../../src-main/contract/training.ts';
import { presetSettings, type TrainingSettings } from '../../../../src-main/engine/training/settings.ts';
import type { EngineService } from '../../../../src-main/processes/engine/engine-service.ts';
import { engineEnvironment } from '../../../../src-main/processes/engine-environment.ts';
import { nodeLauncher } from '../../../../src-main/processes/launcher.ts';
import { Supervised } from '../../../../src-main/processes/supervised.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { makeWindowHome, TEACHER, type WindowHome } from '../../../support/window-home.ts';

const entry = fileURLToPath(
  new URL('../../../../src-main/processes/engine/engine-process.ts', import.meta.url),
);

async function openEngine(t: TestContext): Promise<{ engine: Supervised<EngineService>; made: WindowHome }> {
  const made = await makeWindowHome(await temporaryFolder(t), { identities: 6, images: 4 });
  const environment = { ...engineEnvironment({}), GLIMPSE_HOME: made.home, GLIMPSE_DEVICE: 'cpu' };
  const program = () => ({ name: 'the engine', entry, environment, words: ['worker'] });
  const engine = new Supervised<EngineService>(
    nodeLauncher(process.execPath, 'json'),
    program,
    (client) => client.call('hello', null),
    () => {},
  );
  t.after(() => engine.stop());
  return { engine, made };
}

function tinySettings(epochs: number): TrainingSettings {
  const quick = presetSettings('quick');
  return {
    ...quick,
    network: { ...quick.network, widthFactor: 1 / 32, embeddingSize: 32 },
    relation: { ...quick.relation, negatives: 4, relationSize: 8 },
    teacherViews: 2,
    schedule: { ...quick.schedule, epochs, batchSize: 4, learningRate: 0.01, decayAtEpochs: [] },
  };
}

test('trains, branches, reads back, lists and embeds, all through one process', async (t) => {
  const { engine, made } = await openEngine(t);
  const events: TrainingEvent[] = [];
  engine.on('training', ({ event }) => events.push(event));
  const plan = { data: made.faces, validation: made.pairs, teacher: TEACHER, settings: tinySettings(2) };

  const check = await engine.call('checkData', plan);
  assert.deepEqual([check.identities, check.images, check.positivesPerFace], [6, 24, 3]);
  assert.deepEqual([check.validationPairs, check.teacherFaces], [16, 72]);
  assert.ok(check.neededBytes > 0 && check.freeBytes > check.neededBytes);
  assert.match(check.warnings.join(), /6 identities are few/);
  const question = { plan, images: check.images, identities: check.identities };
  const before = await engine.call('checkPace', question);
  assert.ok(before.imagesPerSecond > 0 && before.secondsPerEpoch > 24 / before.imagesPerSecond);
  assert.ok(before.preparationSeconds > 0, 'the teacher has seen nothing yet');

  const result = await engine.call('train', { run: 'first', plan, resumes: false });
  assert.deepEqual([result.reason, result.epochs], ['finished', 2]);
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'epoch').map((event) => 'epoch' in event && event.epoch),
    [0, 1],
  );
  const after = await engine.call('checkPace', question);
  assert.equal(after.preparationSeconds, 0, 'what the teacher has seen is kept');
  await assert.rejects(engine.call('train', { run: 'first', plan, resumes: false }), {
    code: 'bad-usage',
    message: /already holds a run/,
  });

  await engine.call('branch', {
    source: 'first',
    checkpoint: 'last',
    run: 'second',
    settings: tinySettings(3),
  });
  await engine.call('train', { run: 'second', plan: null, resumes: false });
  const { epochs, settings, row } = await engine.call('run', { run: 'second' });
  assert.deepEqual(
    epochs.map(({ epoch }) => epoch),
    [0, 1, 2],
    'the shared past and the new epoch',
  );
  assert.deepEqual([settings.schedule.epochs, row.finished], [3, true]);

  const { students, teachers } = await engine.call('models', null);
  assert.deepEqual(students.map(({ name }) => name).sort(), ['first', 'second']);
  assert.equal(teachers.find(({ name }) => name === TEACHER)?.usedBy.length, 2);

  const probe = await engine.call('embed', {
    path: join(made.faces, 'person-00', '0.png'),
    bytes: null,
    isCrop: true,
    models: [
      { kind: 'student', name: 'first', profile: null },
      { kind: 'teacher', name: TEACHER, profile: null },
    ],
  });
  const [face] = probe.faces;
  assert.deepEqual(
    face.embeddings.map(({ space }) => space.side),
    ['lr', 'hr'],
  );
  for (const { vector } of face.embeddings) {
    assert.ok(vector instanceof Float32Array);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5, 'unit length');
  }
  assert.equal(Buffer.from(face.cropFile).subarray(1, 4).toString(), 'PNG');
});

test('a branch that would change the network, or that has nothing left to train, is refused', async (t) => {
  const { engine, made } = await openEngine(t);
  const plan = { data: made.faces, validation: null, teacher: TEACHER, settings: tinySettings(1) };
  await engine.call('train', { run: 'first', plan, resumes: false });
  const { settings } = plan;
  const wider = { ...settings, network: { ...settings.network, widthFactor: 1 / 16 } };
  const request = { source: 'first', checkpoint: 'last', run: 'second' } as const;
  await assert.rejects(
    engine.call('branch', { ...request, settings: wider }),
    /another network or other terms/,
  );
  await assert.rejects(
    engine.call('branch', { ...request, settings }),
    /stands after epoch 1: a branch that ends after epoch 1 has nothing left to train/,
  );
  await assert.rejects(engine.call('branch', { ...request, source: 'none', settings }), {
    code: 'not-found',
  });
});

test('samples are pictures by their hash: full resolution above, degraded below', async (t) => {
  const { engine, made } = await openEngine(t);
  const samples = await engine.call('samples', { data: made.faces, settings: tinySettings(1), draw: 0 });
  assert.equal(samples.length, 6);
  const [view] = samples[0].views;
  assert.match(view.lr, /^samples\/[0-9a-f]{64}\.png$/);
  const png = await readFile(join(made.home, 'cache', view.lr));
  // Width and height stand at bytes 16 and 20 of a PNG.
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [16, 16]);
  const again = await engine.call('samples', { data: made.faces, settings: tinySettings(1), draw: 1 });
  assert.notDeepEqual(again, samples);
});

test('a folder that is none is refused in one sentence, with its name', async (t) => {
  const { engine, made } = await openEngine(t);
  const plan = {
    data: join(made.home, 'nothing'),
    validation: null,
    teacher: null,
    settings: tinySettings(1),
  };
  await assert.rejects(engine.call('checkData', plan), (error: Error) => error.message.includes(plan.data));
});
