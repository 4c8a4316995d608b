// Which picture files a window may see.

import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findImageFile as find } from '../../../src-main/ipc/image-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const DIGEST = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);

/** As if the gallery `door` was open, and `yard` closed. */
function findImageFile(folder: string, name: string): Promise<string | null> {
  const cropsOf = (gallery: string) =>
    gallery === 'door' ? join(folder, 'galleries', 'door.gallery', 'crops') : null;
  return find(folder, cropsOf, name);
}

async function dataFolder(folder: string): Promise<string> {
  await mkdir(join(folder, 'cache', 'samples'), { recursive: true });
  await mkdir(join(folder, 'galleries', 'door.gallery', 'crops', 'ab'), { recursive: true });
  await mkdir(join(folder, 'galleries', 'door.gallery', 'crops', 'cd'), { recursive: true });
  await writeFile(join(folder, 'cache', 'samples', `${DIGEST}.png`), 'sample');
  await writeFile(join(folder, 'galleries', 'door.gallery', 'crops', 'ab', `${DIGEST}.png`), 'crop');
  await mkdir(join(folder, 'galleries', 'yard.gallery', 'crops', 'ab'), { recursive: true });
  await writeFile(join(folder, 'galleries', 'yard.gallery', 'crops', 'ab', `${DIGEST}.png`), 'crop');
  await writeFile(join(folder, 'secret.png'), 'secret');
  return folder;
}

test('a sample and a crop are found by their hash', async (t) => {
  const folder = await dataFolder(await temporaryFolder(t));
  assert.equal(
    await findImageFile(folder, `samples/${DIGEST}.png`),
    join(folder, 'cache', 'samples', `${DIGEST}.png`),
  );
  assert.equal(
    await findImageFile(folder, `crops/door/${DIGEST}`),
    join(folder, 'galleries', 'door.gallery', 'crops', 'ab', `${DIGEST}.png`),
  );
  assert.equal(await findImageFile(folder, `samples/${OTHER}.png`), null);
  const jpeg = join(folder, 'galleries', 'door.gallery', 'crops', 'cd', `${OTHER}.jpg`);
  await writeFile(jpeg, 'crop');
  assert.equal(await findImageFile(folder, `crops/door/${OTHER}`), jpeg);
});

test('no name leads anywhere else', async (t) => {
  const folder = await dataFolder(await temporaryFolder(t));
  const names = [
    '../secret.png',
    'samples/../../secret.png',
    `samples/${DIGEST}.png/../../../secret.png`,
    `crops/yard/${DIGEST}`,
    `crops/../../${DIGEST}`,
    `crops/..%2f..%2f${DIGEST}`,
    `crops/door/../../../secret.png`,
    `crops/door/${DIGEST.toUpperCase()}`,
    `crops/door/${DIGEST}\0`,
    '/etc/passwd',
    '',
  ];
  for (const name of names) assert.equal(await findImageFile(folder, name), null, name);
});

test('a link out of the folder is not followed', async (t) => {
  const folder = await dataFolder(await temporaryFolder(t));
  await symlink(
    join(folder, 'secret.png'),
    join(folder, 'galleries', 'door.gallery', 'crops', 'cd', `${OTHER}.png`),
  );
  assert.equal(await findImageFile(folder, `crops/door/${OTHER}`), null);
});
