// `glimpse doctor --json` in a process of its own: the real runtime, the stable keys.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

test('doctor measures the runtime that set-up made', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src-main/cli.ts', 'doctor', '--json'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const result = JSON.parse(stdout) as Record<string, unknown>;
  assert.match(String(result.tensorflowVersion), /^2\.\d+\.\d+/);
  assert.equal(result.nodeVersion, process.versions.node);
  assert.ok(['cpu', 'gpu'].includes(String(result.deviceKind)));
  assert.ok(String(result.device).length > 0);
  assert.ok(Number(result.matmulGflops) > 1, `matmul ${result.matmulGflops} GFLOP/s`);
  assert.ok(Number(result.convolutionGflops) > 1, `convolution ${result.convolutionGflops} GFLOP/s`);
  const students = result.deviceKind === 'gpu' ? /^TensorFlow$/ : /^own module, (AVX-512|AVX2|baseline)$/;
  assert.match(String(result.students), students);
  assert.equal((result.teacher as { licence: string }).licence, 'MIT');
});
