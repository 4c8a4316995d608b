import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256 } from '../../../../src-main/common/files.ts';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { printTo } from '../../../../src-main/processes/exports/print-to.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SILENT = ProgressToken.silent();
const writePage = (path: string) => writeFile(path, 'page');
const print = async (page: string, pdf: string) => writeFile(pdf, `%PDF of ${await readFile(page, 'utf8')}`);

test('a page is printed, leaves nothing beside it, and goes over nothing', async (context) => {
  const folder = await temporaryFolder(context);
  const target = join(folder, 'case.pdf');
  const done = await printTo(target, print, SILENT, writePage);
  const bytes = readFileSync(target);
  assert.equal(bytes.toString(), '%PDF of page');
  assert.deepEqual(done, { target, files: 1, bytes: bytes.length, manifestSha256: sha256(bytes) });
  assert.deepEqual(readdirSync(folder), ['case.pdf']);
  const isUntouched = printTo(target, print, SILENT, () => assert.fail('it was written all the same'));
  await assert.rejects(isUntouched, {
    code: 'bad-usage',
    message: `${target} exists already: name another place`,
  });
});

test('a file that came meanwhile stays, a cancelled or failed print leaves nothing', async (context) => {
  const folder = await temporaryFolder(context);
  const target = join(folder, 'case.pdf');
  const cancelling = new AbortController();
  const cancelled = new ProgressToken(() => {}, cancelling.signal);
  const printAndCancel = async (page: string, pdf: string) => {
    await print(page, pdf);
    cancelling.abort();
  };
  await assert.rejects(printTo(target, printAndCancel, cancelled, writePage), { code: 'cancelled' });
  const fail = () => Promise.reject(new Error('out of paper'));
  await assert.rejects(printTo(target, fail, SILENT, writePage), /out of paper/);
  assert.deepEqual(readdirSync(folder), []);
  const printBesideAnother = async (page: string, pdf: string) => {
    await print(page, pdf);
    await writeFile(target, 'mine');
  };
  await assert.rejects(printTo(target, printBesideAnother, SILENT, writePage), /exists already/);
  assert.equal(readFileSync(target, 'utf8'), 'mine');
  assert.deepEqual(readdirSync(folder), ['case.pdf']);
});
