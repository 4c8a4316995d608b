// Types and lint are tests too, so that one runner's closing lines tell all.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

function runTool(name: string, ...args: string[]): void {
  const tool = join(root, 'node_modules', '.bin', name);
  const { status, stdout, stderr, error } = spawnSync(tool, args, { cwd: root, encoding: 'utf8' });
  assert.equal(error, undefined);
  assert.equal(status, 0, `${name} ${args.join(' ')}\n${stdout}${stderr}`);
}

test('tsc finds no type error', () => runTool('tsc', '--noEmit'));

// What runs in a page has a page's types.
test('tsc finds no type error in the journeys', () => runTool('tsc', '--noEmit', '-p', 'test/e2e'));

test('svelte-check finds no error and no warning', () =>
  runTool(
    'svelte-check',
    '--tsconfig',
    'src-renderer/tsconfig.json',
    '--fail-on-warnings',
    '--output',
    'human',
  ));

test('biome finds nothing to lint or to format', () => runTool('biome', 'check', '.'));
