// Opens the workstation: in Electron where one is to be had and there is a display, else in the web shell.
//   --web        the web shell in any case
//   --no-open    the web shell prints its address and opens no window

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWindow } from './build.mjs';
import { fetchElectron, findElectron } from './electron-runtime.mjs';
import { SetupError, say } from './setup/report.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {string[]} options */
function main(options) {
  const unknown = options.find((option) => option !== '--web' && option !== '--no-open');
  if (unknown !== undefined) {
    throw new SetupError(`npm start knows no ${unknown}`, 'npm start -- [--web] [--no-open]');
  }
  buildWindow(root);
  const electron = options.length > 0 ? null : electronToOpen();
  if (electron === null) return run(process.execPath, [join(root, 'src-main', 'web.ts'), ...options]);
  // Chromium refuses to run as root otherwise; whoever runs as root has no sandbox to lose.
  const isRoot = process.getuid?.() === 0;
  return run(electron, [...(isRoot ? ['--no-sandbox'] : []), root]);
}

/** Null where the web shell has to do, after saying why. */
function electronToOpen() {
  const hasDisplay =
    process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
  if (!hasDisplay) {
    say('there is no display: the web shell serves the window instead');
    return null;
  }
  if (findElectron(root, process.env) === null) fetchElectron(root, process.env);
  const electron = findElectron(root, process.env);
  if (electron === null) say('there is no Electron here: the web shell opens instead');
  return electron;
}

/**
 * @param {string} program
 * @param {string[]} words
 */
function run(program, words) {
  const child = spawn(program, words, {
    cwd: root,
    stdio: 'inherit',
    // The services run in this Node, which set-up has put here.
    env: { ...process.env, GLIMPSE_NODE: process.execPath },
  });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(`${program} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
  });
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`start: ${error.message}\n  mend: ${error.mend}`);
  process.exitCode = 1;
}
