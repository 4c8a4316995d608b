// Where an Electron is looked for, and that a fetch that failed is not waited for at every start.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fetchElectron, findElectron } from '../../../scripts/electron-runtime.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A project whose electron package installs by the given script, which leaves a mark at each call. */
async function madeProject(t: TestContext, script: string) {
  const root = await temporaryFolder(t);
  const folder = join(root, 'node_modules', 'electron');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"version":"45.4.1"}');
  writeFileSync(join(folder, 'calls'), '');
  writeFileSync(
    join(folder, 'install.js'),
    `const fs = require('node:fs'); fs.appendFileSync('calls', 'x');\n${script}\n`,
  );
  return { root, folder, calls: () => readFileSync(join(folder, 'calls'), 'utf8').length };
}

test('the named folder comes first, then what the package has fetched', async (t) => {
  const { root, folder } = await madeProject(t, '');
  assert.equal(findElectron(root, {}), null);
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist', 'electron'), '');
  assert.equal(findElectron(root, {}), join(folder, 'dist', 'electron'));
  const named = await temporaryFolder(t);
  writeFileSync(join(named, 'electron'), '');
  assert.equal(findElectron(root, { ELECTRON_OVERRIDE_DIST_PATH: named }), join(named, 'electron'));
});

test('a fetch that failed is remembered for this version', async (t) => {
  const { root, folder, calls } = await madeProject(t, 'process.exit(1);');
  fetchElectron(root, process.env);
  fetchElectron(root, process.env);
  assert.equal(calls(), 1);
  writeFileSync(join(folder, 'package.json'), '{"version":"46.0.0"}');
  fetchElectron(root, process.env);
  assert.equal(calls(), 2);
});

test('a fetch that succeeds leaves no mark', async (t) => {
  const { root, folder, calls } = await madeProject(t, "fs.writeFileSync('path.txt', 'electron');");
  fetchElectron(root, process.env);
  fetchElectron(root, process.env);
  assert.equal(calls(), 2);
  assert.throws(() => readFileSync(join(folder, 'glimpse-not-fetched')));
});
