// What was deleted can be put back, and goes for good after a week.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Trash } from '../../../src-main/processes/trash.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const WEEK_MS = 7 * 24 * 3600 * 1000;

async function withRun(folder: string): Promise<Trash> {
  await mkdir(join(folder, 'runs', 'a'), { recursive: true });
  await writeFile(join(folder, 'runs', 'a', 'config.json'), 'config');
  return new Trash(folder);
}

test('a run goes and comes back whole', async (t) => {
  const folder = await temporaryFolder(t);
  const trash = await withRun(folder);
  const item = await trash.put('run', 'a');
  assert.equal(existsSync(join(folder, 'runs', 'a')), false);
  await trash.restore(item);
  assert.equal(await readFile(join(folder, 'runs', 'a', 'config.json'), 'utf8'), 'config');
  await assert.rejects(trash.restore(item), { code: 'not-found' });
});

test('a name that was taken again is not written over', async (t) => {
  const folder = await temporaryFolder(t);
  const trash = await withRun(folder);
  const item = await trash.put('run', 'a');
  await withRun(folder);
  await assert.rejects(trash.restore(item), { code: 'bad-usage', message: /there is a run a again/ });
  await assert.rejects(trash.put('teacher', 'none'), {
    code: 'not-found',
    message: 'there is no teacher none',
  });
});

test('a week later it is gone', async (t) => {
  const folder = await temporaryFolder(t);
  const trash = await withRun(folder);
  const item = await trash.put('run', 'a');
  await trash.empty(Date.now() + WEEK_MS / 2);
  assert.equal(existsSync(join(folder, 'trash', item)), true);
  await trash.empty(Date.now() + WEEK_MS * 1.01);
  assert.equal(existsSync(join(folder, 'trash', item)), false);
});
