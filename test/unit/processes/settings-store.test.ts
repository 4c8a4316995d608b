// A person's settings on disk, in whatever state the file is.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../../../src-main/contract/app.ts';
import { SettingsStore } from '../../../src-main/processes/settings-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function refuse(error: unknown): never {
  throw error;
}

test('defaults at first, then what was set', async (t) => {
  const folder = await temporaryFolder(t);
  const store = await SettingsStore.open(folder, refuse);
  assert.deepEqual(store.current, DEFAULT_SETTINGS);
  await store.change({ theme: 'light', threads: 3 });
  const again = await SettingsStore.open(folder, refuse);
  assert.deepEqual(again.current, { ...DEFAULT_SETTINGS, theme: 'light', threads: 3 });
});

test('changes at the same time are all kept', async (t) => {
  const folder = await temporaryFolder(t);
  const store = await SettingsStore.open(folder, refuse);
  await Promise.all([
    store.change({ theme: 'light' }),
    store.change({ threads: 3 }),
    store.change({ device: 'cpu' }),
  ]);
  const again = await SettingsStore.open(folder, refuse);
  assert.deepEqual(again.current, { ...DEFAULT_SETTINGS, theme: 'light', threads: 3, device: 'cpu' });
});

test('what a file holds beyond its limits is the default again, the rest is kept', async (t) => {
  const folder = await temporaryFolder(t);
  const stored = { theme: 'contrast', threads: -1, device: 'quantum', more: true };
  await writeFile(join(folder, 'settings.json'), JSON.stringify(stored));
  const { current } = await SettingsStore.open(folder, refuse);
  assert.deepEqual(current, { ...DEFAULT_SETTINGS, theme: 'contrast' });
});

test('a damaged file is told of', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'settings.json'), '{"theme"');
  const problems: unknown[] = [];
  const { current } = await SettingsStore.open(folder, (error) => problems.push(error));
  assert.deepEqual(current, DEFAULT_SETTINGS);
  assert.match(String(problems[0]), /is not valid JSON/);
});
