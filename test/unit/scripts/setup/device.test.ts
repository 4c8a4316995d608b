// Which TensorFlow build is chosen, with an nvidia-smi of our own on the PATH.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { chooseDevice } from '../../../../scripts/setup/device.mjs';
import { wheelsFor } from '../../../../scripts/setup/wheels.mjs';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function withNvidiaSmi(context: TestContext, script: string): Promise<string> {
  const folder = await temporaryFolder(context);
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return [folder, process.env.PATH].join(delimiter);
}

test('a GPU that answers is used', async (context) => {
  const PATH = await withNvidiaSmi(context, 'echo "GPU 0: NVIDIA H100 (UUID: GPU-1)"');
  assert.equal(await chooseDevice({ PATH }), 'gpu');
  assert.equal(await chooseDevice({ PATH, GLIMPSE_DEVICE: 'cpu' }), 'cpu');
});

test('a driver without a GPU, a failing tool and no tool mean the CPU', async (context) => {
  assert.equal(await chooseDevice({ PATH: await withNvidiaSmi(context, 'echo "No devices found"') }), 'cpu');
  assert.equal(await chooseDevice({ PATH: await withNvidiaSmi(context, 'echo "GPU 0: x"; exit 9') }), 'cpu');
  assert.equal(await chooseDevice({ PATH: await temporaryFolder(context) }), 'cpu');
});

test('GLIMPSE_DEVICE overrides, and is checked', async (context) => {
  const PATH = await temporaryFolder(context);
  assert.equal(await chooseDevice({ PATH, GLIMPSE_DEVICE: 'gpu' }), 'gpu');
  await assert.rejects(chooseDevice({ PATH, GLIMPSE_DEVICE: 'tpu' }), /`tpu`, expected cpu or gpu/);
});

test('the GPU build carries the CUDA libraries, each pinned', () => {
  assert.deepEqual(
    wheelsFor('cpu').map((wheel) => wheel.requirement),
    ['tensorflow-cpu==2.21.0'],
  );
  const gpu = wheelsFor('gpu');
  assert.equal(gpu[0].requirement, 'tensorflow==2.21.0');
  assert.equal(gpu.length, 13);
  assert.ok(gpu.some((wheel) => wheel.requirement.startsWith('nvidia-cudnn-cu12==9.')));
  for (const wheel of gpu) assert.match(wheel.sha256, /^[0-9a-f]{64}$/);
  assert.equal(new Set(gpu.map((wheel) => wheel.sha256)).size, gpu.length);
});
