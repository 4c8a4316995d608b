import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { holdFile } from '../../../src-main/common/holder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a held folder is held once, and free again afterwards', async (context) => {
  const path = join(await temporaryFolder(context), 'run.lock');
  const letGo = holdFile(path, 'the run');
  assert.throws(() => holdFile(path, 'the run'), {
    code: 'in-use',
    message: new RegExp(`^the run is held by process ${process.pid} on .* since 20.*: wait for it`),
  });
  letGo();
  assert.ok(!existsSync(path));
  holdFile(path, 'the run')();
});

test('a process that is gone holds nothing, one of another machine does', async (context) => {
  const path = join(await temporaryFolder(context), 'run.lock');
  const { pid } = spawnSync(process.execPath, ['--version']);
  for (const content of ['', JSON.stringify({ pid, host: hostname(), since: 'then' })]) {
    writeFileSync(path, content);
    holdFile(path, 'the run')();
  }
  writeFileSync(path, JSON.stringify({ pid, host: 'elsewhere', since: 'then' }));
  assert.throws(() => holdFile(path, 'the run'), { code: 'in-use', message: /on elsewhere since then/ });
});
