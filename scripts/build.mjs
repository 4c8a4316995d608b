// Builds the window into out/, unless it was built from the very same sources.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, say } from './setup/report.mjs';

const SOURCES = ['src-renderer', 'src-main', 'resources'];
const FILES = ['electron.vite.config.ts', 'package-lock.json'];
const MARK = 'built-from';

/**
 * Builds where sources have changed.
 * @param {string} root
 * @returns {'skipped' | 'done'}
 */
export function buildWindow(root) {
  const mark = join(root, 'out', MARK);
  const digest = digestOf(root);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest) return 'skipped';
  say('building the window');
  const startedMs = performance.now();
  const vite = join(root, 'node_modules', '.bin', 'electron-vite');
  const { status, stdout, stderr } = spawnSync(vite, ['build', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new SetupError(`the window does not build:\n${stdout}${stderr}`, 'npm run build');
  writeFileSync(mark, digest);
  say(`built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  return 'done';
}

/**
 * Of every file that the build reads, by name and content.
 * @param {string} root
 */
function digestOf(root) {
  const hash = createHash('sha256');
  const nested = SOURCES.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const path of [...nested, ...FILES.map((file) => join(root, file))].sort()) {
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
