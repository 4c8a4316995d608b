import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeKeptPictures } from '../../../src-main/shell/web/browser.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('what a browser kept of pictures goes, the rest of its profile stays', async (context) => {
  const profile = await temporaryFolder(context);
  await removeKeptPictures(profile);
  const kept = join(profile, 'Default', 'Cache', 'Cache_Data');
  await mkdir(kept, { recursive: true });
  await writeFile(join(kept, 'picture_0'), 'a face');
  await writeFile(join(profile, 'Default', 'Preferences'), '{}');
  await removeKeptPictures(profile);
  assert.ok(!existsSync(join(profile, 'Default', 'Cache')));
  assert.ok(existsSync(join(profile, 'Default', 'Preferences')));
});
