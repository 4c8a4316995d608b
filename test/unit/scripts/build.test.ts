// The window is built when its sources have changed, and only then.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildWindow } from '../../../scripts/build.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A project whose electron-vite is a shell script that counts its calls. */
async function madeProject(t: TestContext, script = 'mkdir -p out && echo x >> out/calls') {
  const root = await temporaryFolder(t);
  for (const folder of ['src-main', 'src-renderer', 'resources', 'node_modules/.bin'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['electron.vite.config.ts', 'package-lock.json', 'src-main/index.ts'])
    writeFileSync(join(root, file), file);
  const tool = join(root, 'node_modules', '.bin', 'electron-vite');
  writeFileSync(tool, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { root, calls: () => readFileSync(join(root, 'out', 'calls'), 'utf8').length / 2 };
}

test('the same sources are built once, changed and new ones anew', async (t) => {
  const { root, calls } = await madeProject(t);
  assert.deepEqual([buildWindow(root), buildWindow(root), calls()], ['done', 'skipped', 1]);
  writeFileSync(join(root, 'src-main', 'index.ts'), 'changed');
  assert.deepEqual([buildWindow(root), buildWindow(root), calls()], ['done', 'skipped', 2]);
  writeFileSync(join(root, 'src-renderer', 'more.ts'), '');
  assert.deepEqual([buildWindow(root), calls()], ['done', 3]);
});

test('a build that fails says so with its output, and is tried again', async (t) => {
  const { root } = await madeProject(t, 'echo "no such module" >&2; exit 1');
  for (let attempt = 0; attempt < 2; attempt++) {
    assert.throws(() => buildWindow(root), {
      name: 'SetupError',
      message: /no such module/,
      mend: 'npm run build',
    });
  }
});
