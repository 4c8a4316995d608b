// The engine's environment: set once, never over the user's own values.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineEnvironment } from '../../../src-main/processes/engine-environment.ts';

test('variables are added, the user’s own are kept', () => {
  const environment = engineEnvironment({ PATH: '/bin', TF_CPP_MIN_LOG_LEVEL: '0' });
  assert.equal(environment?.PATH, '/bin');
  assert.equal(environment?.TF_CPP_MIN_LOG_LEVEL, '0');
  assert.equal(environment?.TF_FORCE_GPU_ALLOW_GROWTH, 'true');
  assert.equal(environment?.CUDA_VISIBLE_DEVICES, undefined);
});

test('a process that has it is not started again', () => {
  const environment = engineEnvironment({});
  assert.ok(environment);
  assert.equal(engineEnvironment(environment), null);
});

test('GLIMPSE_DEVICE=cpu hides the GPUs', () => {
  assert.equal(engineEnvironment({ GLIMPSE_DEVICE: 'cpu' })?.CUDA_VISIBLE_DEVICES, '-1');
});
