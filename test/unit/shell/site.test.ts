// What the site serves, in whichever shell.

import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSite } from '../../../src-main/shell/site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function madeSite(folder: string) {
  const renderer = join(folder, 'renderer');
  await mkdir(join(renderer, 'assets'), { recursive: true });
  await writeFile(join(renderer, 'index.html'), '<!doctype html>');
  await writeFile(join(renderer, 'assets', 'index.js'), 'void 0');
  await writeFile(join(renderer, 'notes.txt'), 'not for a page');
  await writeFile(join(folder, 'secret.js'), 'secret');
  await symlink(join(folder, 'secret.js'), join(renderer, 'assets', 'link.js'));
  const picture = join(folder, 'picture.png');
  await writeFile(picture, 'png');
  const pictures = new Map<string, string | Uint8Array>([
    ['samples/known.png', picture],
    ['probes/known', Buffer.of(0xff, 0xd8, 0xff)],
  ]);
  return createSite(renderer, async (name) => pictures.get(name) ?? null);
}

test('the page, its assets and pictures come with the policy and their type', async (t) => {
  const site = await madeSite(await temporaryFolder(t));
  // What is purged has to be gone: no browser keeps a picture.
  for (const [path, type, caching] of [
    ['/', 'text/html; charset=utf-8', /^no-cache$/],
    ['/assets/index.js', 'text/javascript; charset=utf-8', /immutable/],
    ['/images/samples/known.png', 'image/png', /^no-store$/],
    ['/images/probes/known', 'image/jpeg', /^no-store$/],
  ] as const) {
    const { status, headers } = await site.respond(path);
    assert.equal(status, 200, path);
    assert.equal(headers['content-type'], type);
    assert.match(headers['cache-control'], caching);
    assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'self'/);
    assert.doesNotMatch(headers['content-security-policy'], /unsafe|data:|\*/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  }
});

test('nothing outside the folder, of another type, or by a link is served', async (t) => {
  const site = await madeSite(await temporaryFolder(t));
  const paths = [
    '/../secret.js',
    '/%2e%2e/secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets/link.js',
    '/notes.txt',
    '/images/samples/other.png',
    '/assets/index.js%00.png',
  ];
  for (const path of paths) assert.equal((await site.respond(path)).status, 404, path);
  assert.equal((await site.respond('/%E0%A4%A')).status, 400);
});
