import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { saveTensorFile } from '../../../../src-main/common/tensor-file.ts';
import { initialValues, Parameters } from '../../../../src-main/engine/models/parameters.ts';
import { planNetwork, planParameters } from '../../../../src-main/engine/models/plan.ts';
import {
  loadNetwork,
  saveNetwork,
  statisticsTensors,
} from '../../../../src-main/engine/models/student-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyNetwork } from '../../../support/tiny-network.ts';

test('what was saved is loaded, value for value', async (context) => {
  const path = join(await temporaryFolder(context), 'run', 'student.glimpse');
  const network = tinyNetwork(1);
  await saveNetwork(path, network);
  const loaded = await loadNetwork(path);
  assert.deepEqual(loaded.card, network.card);
  assert.deepEqual(loaded.statistics, network.statistics);
  for (const [name, tensor] of network.parameters)
    assert.deepEqual(loaded.parameters.get(name), tensor, name);
});

test('the same network is written byte for byte the same', async (context) => {
  const folder = await temporaryFolder(context);
  const paths = ['a', 'b'].map((name) => join(folder, name));
  for (const path of paths) await saveNetwork(path, tinyNetwork(1));
  assert.deepEqual(await readFile(paths[0]), await readFile(paths[1]));
});

test('a cut-off or damaged file, another kind and an absent one are each one sentence with the file’s name', async (context) => {
  const folder = await temporaryFolder(context);
  const path = join(folder, 'student.glimpse');
  await saveNetwork(path, tinyNetwork(1));
  const whole = await readFile(path);
  for (const [bytes, message] of [
    [
      whole.subarray(0, whole.length >> 1),
      /student\.glimpse is not a usable network file: it is cut off or damaged/,
    ],
    [whole.subarray(0, 20), /it is cut off or damaged/],
    [Buffer.alloc(0), /it was not written by Glimpse/],
  ] as const) {
    await writeFile(path, bytes);
    await assert.rejects(loadNetwork(path), { code: 'bad-checkpoint', message });
  }
  const other = join(folder, 'other.glimpse');
  await saveTensorFile(other, { kind: 'checkpoint', header: {}, tensors: new Map() });
  await assert.rejects(loadNetwork(other), {
    code: 'bad-checkpoint',
    message: /other\.glimpse is not a usable network file: it holds a checkpoint/,
  });
  await assert.rejects(loadNetwork(join(folder, 'none')), {
    code: 'not-found',
    message: /none does not exist/,
  });
});

test('a tensor or a statistic that does not fit the plan is named with the file', async (context) => {
  const path = join(await temporaryFolder(context), 'student.glimpse');
  const { card, parameters, statistics } = tinyNetwork(1);
  const save = (entries: [string, { shape: readonly number[]; values: Float32Array }][]): Promise<void> =>
    saveTensorFile(path, { kind: 'network', header: card, tensors: new Map(entries) });
  const all = [...parameters, ...statisticsTensors(statistics)];
  await save(all.filter(([name]) => name !== 'stage2.block1.conv1'));
  await assert.rejects(loadNetwork(path), {
    code: 'bad-checkpoint',
    message: /student\.glimpse: stage2\.block1\.conv1 is absent, expected 3×3×/,
  });
  await save(
    all.map(([name, tensor]) =>
      name === 'head.bias' ? [name, { ...tensor, shape: [2, 4] }] : [name, tensor],
    ),
  );
  await assert.rejects(loadNetwork(path), { message: /head\.bias is 2×4, expected 8/ });
  await save(all.filter(([name]) => name !== 'stem.norm.variance'));
  await assert.rejects(loadNetwork(path), {
    code: 'bad-checkpoint',
    message: /student\.glimpse: batch norm stem\.norm has no statistics for its \d+ channels/,
  });
});

test('initial values: He deviation for weights, fixed ones for the rest, one seed one draw', () => {
  const weights = initialValues({ name: 'w', shape: [3, 3, 64, 32], role: 'weight' }, Rng.seeded(1)).values;
  const squares = weights.reduce((sum, value) => sum + value * value, 0);
  // fan-in 3·3·64 = 576; the deviation of 18,432 draws is known to 0.5 %
  assert.ok(Math.abs(Math.sqrt(squares / weights.length) / Math.sqrt(2 / 576) - 1) < 0.03);
  const fill = (role: 'scale' | 'slope' | 'offset' | 'bias'): number[] => [
    ...initialValues({ name: 'x', shape: [2], role }, Rng.seeded(1)).values,
  ];
  assert.deepEqual(
    [fill('scale'), fill('slope'), fill('offset'), fill('bias')].flat(),
    [1, 1, 0.25, 0.25, 0, 0, 0, 0],
  );
  const plans = planParameters(planNetwork(tinyNetwork(1).card.spec));
  assert.deepEqual(Parameters.draw(plans, Rng.seeded(3)), Parameters.draw(plans, Rng.seeded(3)));
  assert.notDeepEqual(Parameters.draw(plans, Rng.seeded(3)), Parameters.draw(plans, Rng.seeded(4)));
});
