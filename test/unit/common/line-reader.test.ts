import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLines, readRecords } from '../../../src-main/common/line-reader.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('lines across pieces, empty ones, and a last one without a break', async (context) => {
  const path = join(await temporaryFolder(context), 'lines');
  const lines = ['', 'ä'.repeat(200_000), 'x', '', 'y'.repeat(300_000), 'end'];
  await writeFile(path, lines.join('\n'));
  assert.deepEqual([...readLines(path)], lines);
  await writeFile(path, '');
  assert.deepEqual([...readLines(path)], []);
});

test('a line without an end is refused before it fills the memory', async (context) => {
  const path = join(await temporaryFolder(context), 'long');
  await writeFile(path, Buffer.alloc(17 * 2 ** 20, 'x'));
  assert.throws(() => [...readLines(path)], { code: 'bad-data', message: /a line of over/ });
});

test('records of a size that no piece is a multiple of', async (context) => {
  const path = join(await temporaryFolder(context), 'records');
  const bytes = Buffer.from(Array.from({ length: 300_007 }, (_, at) => at % 251));
  await writeFile(path, bytes);
  const records = [...readRecords(path, 7, 3)];
  assert.equal(records.length, 100_000);
  assert.deepEqual(Buffer.concat(records), bytes.subarray(7));
  assert.throws(() => [...readRecords(path, 7, 7)], {
    code: 'bad-data',
    message: /ends within a row of 7 bytes/,
  });
});
