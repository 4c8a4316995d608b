// Names of a folder, for choosing one.

import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { listFolder } from '../../../src-main/processes/folder-listing.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('folders and links to folders in natural order; of files only the asked-for kind; nothing hidden', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['face10', 'face2', '.hidden']) await mkdir(join(folder, name));
  await symlink(join(folder, 'face2'), join(folder, 'link'));
  await symlink(join(folder, 'nowhere'), join(folder, 'broken'));
  for (const name of ['b.ONNX', 'a.onnx', 'notes.txt']) await writeFile(join(folder, name), '');
  const listing = await listFolder(folder, 'onnx');
  assert.deepEqual(listing.folders, ['face2', 'face10', 'link']);
  assert.deepEqual(listing.files, ['a.onnx', 'b.ONNX']);
  assert.equal(listing.isCut, false);
  assert.deepEqual((await listFolder(folder, 'none')).files, []);
  assert.equal((await listFolder('/', 'none')).parent, null);
});

test('what is no folder is named in one sentence', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), '');
  await assert.rejects(listFolder(join(folder, 'none'), 'none'), {
    code: 'not-found',
    message: `there is no folder ${join(folder, 'none')}`,
  });
  await assert.rejects(listFolder(join(folder, 'file'), 'none'), /is a file, not a folder/);
});
