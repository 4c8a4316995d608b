import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { GlimpseError } from '../../../src-main/common/errors.ts';
import {
  asDiskError,
  dataFolder,
  readJsonFile,
  sha256,
  sha256OfFile,
  writeFileAtomically,
} from '../../../src-main/common/files.ts';
import { runLimited } from '../../support/limited-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const WRITING_CHILD = new URL('../../support/writing-child.ts', import.meta.url);

test('chunks are written in order, into folders that are made', async (context) => {
  const path = join(await temporaryFolder(context), 'a', 'b', 'file');
  await writeFileAtomically(path, [Buffer.from('one '), Buffer.from('two')]);
  assert.equal(await readFile(path, 'utf8'), 'one two');
  await writeFileAtomically(path, 'three');
  assert.equal(await readFile(path, 'utf8'), 'three');
  assert.deepEqual(await readdir(join(path, '..')), ['file']);
});

test('a write that fails midway leaves the old file and nothing else', async (context) => {
  const folder = await temporaryFolder(context);
  const path = join(folder, 'file');
  await writeFileAtomically(path, 'old');
  const failing = writeFileAtomically(path, [Buffer.from('new'), 7 as unknown as Uint8Array]);
  await assert.rejects(failing, TypeError);
  assert.equal(await readFile(path, 'utf8'), 'old');
  assert.deepEqual(await readdir(folder), ['file']);
});

test('a full disk is one sentence with the path, and the old file stays', async (context) => {
  const folder = await temporaryFolder(context);
  const path = join(folder, 'file');
  await writeFile(path, 'old');
  const end = await runLimited(64, WRITING_CHILD, [path, '1', String(1 << 20)]);
  assert.equal(
    end.stdout,
    `disk-full: no space left to write ${path} (EFBIG): free some and run the command again`,
  );
  assert.equal(end.code, 1);
  assert.equal(await readFile(path, 'utf8'), 'old');
  assert.deepEqual(await readdir(folder), ['file']);
  const small = await runLimited(64, WRITING_CHILD, [path, '1', '1000']);
  assert.deepEqual([small.stdout, (await readFile(path)).length], ['written', 1000]);
});

test('only errors of a full disk become disk-full', () => {
  const withCode = (code: string): Error => Object.assign(new Error(code), { code });
  for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG']) {
    const error = asDiskError(withCode(code), 'the/file');
    assert.ok(error instanceof GlimpseError);
    assert.equal(error.code, 'disk-full');
    assert.match(error.message, new RegExp(`the/file \\(${code}\\)`));
  }
  const other = withCode('EACCES');
  assert.equal(asDiskError(other, 'x'), other);
});

test('digests of bytes, parts and files agree', async (context) => {
  const path = join(await temporaryFolder(context), 'file');
  await writeFile(path, 'abc');
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'; // FIPS 180-2, B.1
  assert.equal(sha256('abc'), expected);
  assert.equal(sha256('a', Buffer.from('bc')), expected);
  assert.equal(await sha256OfFile(path), expected);
});

test('JSON files: absent is null, malformed is bad-data with the path', async (context) => {
  const folder = await temporaryFolder(context);
  const path = join(folder, 'file.json');
  assert.equal(await readJsonFile(path), null);
  await writeFile(path, '{"a": [1]}');
  assert.deepEqual(await readJsonFile(path), { a: [1] });
  await writeFile(path, '{"a": [1');
  await assert.rejects(readJsonFile(path), { code: 'bad-data', message: /file\.json is not valid JSON/ });
});

test('the data folder: GLIMPSE_HOME, else XDG_DATA_HOME, else the home folder', () => {
  assert.equal(dataFolder({ GLIMPSE_HOME: '/g', XDG_DATA_HOME: '/x' }), '/g');
  assert.equal(dataFolder({ XDG_DATA_HOME: '/x' }), '/x/glimpse');
  assert.match(dataFolder({}), /\.local\/share\/glimpse$/);
});
