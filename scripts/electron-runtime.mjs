// Where an Electron to run is: named by ELECTRON_OVERRIDE_DIST_PATH, fetched by the package earlier, or fetched now.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { say } from './setup/report.mjs';

const FETCH_MS = 10 * 60_000;
/** Says that this version could not be fetched here: not every start should wait for that again. */
const MARK = 'glimpse-not-fetched';

/**
 * The executable, or null where there is none to be had without the network.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string | null}
 */
export function findElectron(root, environment) {
  const name = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const folders = [environment.ELECTRON_OVERRIDE_DIST_PATH, join(root, 'node_modules', 'electron', 'dist')];
  const found = folders.filter((folder) => folder !== undefined).map((folder) => join(folder, name));
  return found.find((path) => existsSync(path)) ?? null;
}

/**
 * Electron's package brings its binary on first use, by its own script. Tried once; `rm` of the mark it names tries again.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} environment
 */
export function fetchElectron(root, environment) {
  const folder = join(root, 'node_modules', 'electron');
  const mark = join(folder, MARK);
  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  if (existsSync(mark) && readFileSync(mark, 'utf8') === version) return;
  say(`fetching Electron ${version}`);
  const { status, error } = spawnSync(process.execPath, [join(folder, 'install.js')], {
    cwd: folder,
    env: environment,
    stdio: 'ignore',
    timeout: FETCH_MS,
  });
  if (status === 0 && error === undefined && existsSync(join(folder, 'path.txt'))) {
    rmSync(mark, { force: true });
    return;
  }
  writeFileSync(mark, version);
  say(
    `Electron ${version} could not be fetched. Name an unpacked one by ELECTRON_OVERRIDE_DIST_PATH, or remove ${mark} to try again`,
  );
}

/**
 * The same for tests, which fetch nothing of Electron's: where the project is developed a tool stands beside it that unpacks a
 * real, older one.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string | null}
 */
export function findElectronForTests(root, environment) {
  const known = findElectron(root, environment);
  if (known !== null) return known;
  const tool = join(dirname(root), 'shared', 'tools', 'electron-runtime');
  if (!existsSync(tool)) return null;
  const { status, stdout } = spawnSync(tool, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? join(stdout.trim(), 'electron') : null;
}
