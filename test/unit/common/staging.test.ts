import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { moveIntoPlace, stagingFor } from '../../../src-main/common/staging.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

test('what dead processes left is swept, what live ones make stays', async (context) => {
  const folder = await temporaryFolder(context);
  const target = join(folder, 'out');
  const dead = deadPid();
  mkdirSync(`${target}.${dead}.partial`);
  writeFileSync(join(`${target}.${dead}.partial`, 'half'), '');
  mkdirSync(`${target}.${process.ppid}.partial`);
  mkdirSync(`${target}x.${dead}.partial`);
  writeFileSync(`${target}.12.partial.txt`, '');
  const own = await stagingFor(target);
  assert.ok(own.startsWith(`${target}.${process.pid}.partial.`), own);
  assert.deepEqual(
    readdirSync(folder).sort(),
    [`out.12.partial.txt`, `out.${process.ppid}.partial`, `outx.${dead}.partial`].sort(),
  );
});

test('moved into place; something there is replaced only on request', async (context) => {
  const target = join(await temporaryFolder(context), 'deep', 'out');
  const staging = await stagingFor(target);
  writeFileSync(staging, 'new');
  await moveIntoPlace(staging, target, { replace: false });
  const again = await stagingFor(target);
  writeFileSync(again, 'newer');
  await assert.rejects(moveIntoPlace(again, target, { replace: false }), { code: 'bad-usage' });
  assert.equal(readFileSync(target, 'utf8'), 'new');
  await moveIntoPlace(again, target, { replace: true });
  assert.equal(readFileSync(target, 'utf8'), 'newer');
});

test('killed between the two renames of a replacement: what was there comes back', async (context) => {
  const target = join(await temporaryFolder(context), 'out');
  const dead = deadPid();
  writeFileSync(`${target}.${dead}.former`, 'old');
  writeFileSync(`${target}.${dead}.partial`, 'new');
  await stagingFor(target);
  assert.equal(readFileSync(target, 'utf8'), 'old');
  assert.ok(!existsSync(`${target}.${dead}.partial`));
});

test('made twice at once by one process: neither takes what the other makes; what a dead process of our number left goes', async (context) => {
  const target = join(await temporaryFolder(context), 'out');
  writeFileSync(`${target}.${process.pid}.partial.1000-0123abcd`, 'of a process that began in 1970');
  const one = await stagingFor(target);
  writeFileSync(one, 'one');
  const other = await stagingFor(target);
  assert.notEqual(other, one);
  assert.deepEqual(readdirSync(dirname(target)), [basename(one)]);
  writeFileSync(other, 'other');
  await moveIntoPlace(one, target, { replace: false });
  await assert.rejects(moveIntoPlace(other, target, { replace: false }), { code: 'bad-usage' });
  assert.equal(readFileSync(target, 'utf8'), 'one');
});

test('a replacement that fails leaves what was there', async (context) => {
  const target = join(await temporaryFolder(context), 'out');
  writeFileSync(target, 'old');
  await assert.rejects(moveIntoPlace(`${target}.not-there`, target, { replace: true }), { code: 'ENOENT' });
  assert.equal(readFileSync(target, 'utf8'), 'old');
});
