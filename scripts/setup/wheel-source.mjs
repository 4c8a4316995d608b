// Where a wheel comes from: the user's own file, an earlier finished download, or pip; checked by SHA-256 always.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { checkSpace, diskFull, makeFolder, noPython } from './failures.mjs';
import { SetupError, say } from './report.mjs';
import { runProgram } from './run.mjs';
import { pipTagArguments } from './wheels.mjs';

/** @typedef {import('./wheels.mjs').Wheel} Wheel */

/**
 * A checked wheel: the user's own file, one that an earlier run had finished downloading, or a fresh download.
 * @param {string} store
 * @param {string} staging
 * @param {Wheel} wheel
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string>}
 */
export async function obtainWheel(store, staging, wheel, environment) {
  const local = localWheel(wheel, environment);
  if (local !== null) {
    const digest = await sha256OfFile(local);
    if (digest === wheel.sha256) return local;
    throw new SetupError(
      `${local} has SHA-256 ${digest}, expected ${wheel.sha256} (${wheel.file})`,
      `set GLIMPSE_TENSORFLOW_WHEEL to a good copy: ${pipCommand(wheel).join(' ')}`,
    );
  }
  const kept = join(store, 'wheels', wheel.file);
  if (existsSync(kept)) {
    if ((await sha256OfFile(kept)) === wheel.sha256) return kept;
    rmSync(kept);
  }
  await downloadWheel(staging, wheel, environment);
  const downloaded = join(staging, wheel.file);
  const digest = await sha256OfFile(downloaded);
  if (digest !== wheel.sha256) {
    throw new SetupError(
      `the downloaded ${wheel.file} has SHA-256 ${digest}, expected ${wheel.sha256}`,
      'run the command again; if it persists the package index serves another file: set GLIMPSE_TENSORFLOW_WHEEL to a good one',
    );
  }
  makeFolder(dirname(kept));
  renameSync(downloaded, kept);
  return kept;
}

/**
 * GLIMPSE_TENSORFLOW_WHEEL names the TensorFlow wheel, or a folder that holds wheels under their own names
 * (a GPU build needs thirteen); CUDA wheels are also looked for beside a named TensorFlow wheel.
 * @param {Wheel} wheel
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string | null} null: download it
 */
export function localWheel(wheel, environment) {
  if (!environment.GLIMPSE_TENSORFLOW_WHEEL) return null;
  // npm changes to the project's root and notes where it was called.
  const given = resolve(environment.INIT_CWD ?? '.', environment.GLIMPSE_TENSORFLOW_WHEEL);
  if (!existsSync(given)) {
    throw new SetupError(
      `GLIMPSE_TENSORFLOW_WHEEL names ${given}, which does not exist`,
      `get the file with: ${pipCommand(wheel).join(' ')}`,
    );
  }
  const isFolder = statSync(given).isDirectory();
  const isTensorflow = wheel.file.startsWith('tensorflow');
  if (!isFolder && isTensorflow) return given;
  const candidate = join(isFolder ? given : dirname(given), wheel.file);
  if (existsSync(candidate)) return candidate;
  if (!isTensorflow) return null;
  throw new SetupError(
    `the folder GLIMPSE_TENSORFLOW_WHEEL (${given}) has no ${wheel.file}`,
    `get the file with: ${pipCommand(wheel).join(' ')}`,
  );
}

/** @param {Wheel} wheel */
function pipCommand(wheel) {
  const tags = pipTagArguments(wheel.file);
  return ['python3', '-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', ...tags, wheel.requirement];
}

/**
 * @param {string} staging
 * @param {Wheel} wheel
 * @param {NodeJS.ProcessEnv} environment
 */
async function downloadWheel(staging, wheel, environment) {
  await checkPip(environment);
  rmSync(staging, { recursive: true, force: true });
  makeFolder(staging);
  checkSpace(staging, wheel.fileBytes + wheel.unpackedBytes, wheel.requirement);
  say(`${wheel.requirement}: downloading, once per user`);
  const [python, ...args] = pipCommand(wheel);
  const quiet = process.stderr.isTTY ? [] : ['--quiet', '--progress-bar', 'off'];
  // Half a download then lies in the staging folder, which the next run removes.
  const pipEnvironment = { ...environment, TMPDIR: staging, PIP_REQUIRE_VIRTUALENV: 'false' };
  const { code, tail } = await runProgram(python, [...args, '--no-cache-dir', ...quiet, '--dest', staging], {
    environment: pipEnvironment,
  });
  if (code === 0 && existsSync(join(staging, wheel.file))) return;
  if (/No space left/i.test(tail)) throw diskFull(dirname(staging));
  throw new SetupError(
    `pip could not download ${wheel.file} (exit code ${code})`,
    'with the package index (or a mirror set by `pip config set global.index-url`) in reach: npm run setup; ' +
      `without a network: fetch it elsewhere by \`${pipCommand(wheel).join(' ')}\` and set GLIMPSE_TENSORFLOW_WHEEL to the file`,
  );
}

/** @param {NodeJS.ProcessEnv} environment */
async function checkPip(environment) {
  const { code, missing } = await runProgram('python3', ['-m', 'pip', '--version'], {
    environment,
    capture: true,
  });
  if (missing) throw noPython();
  if (code === 0) return;
  throw new SetupError(
    'python3 has no pip',
    'sudo apt-get install python3-pip (or: python3 -m ensurepip --user)',
  );
}

/**
 * @param {string} file
 * @returns {Promise<string>}
 */
async function sha256OfFile(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}
