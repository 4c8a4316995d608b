// The TensorFlow runtime: wheels into the user's cache, linked into tfjs-node-gpu, its binding compiled against them.

import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { bindingFile, compileBinding, compileStudent, linkRuntime, studentFile } from './binding.mjs';
import { chooseDevice } from './device.mjs';
import { SetupError, say } from './report.mjs';
import { runProgram } from './run.mjs';
import { fillRuntimeFolder } from './wheel-store.mjs';
import { TENSORFLOW_VERSION, wheelsFor } from './wheels.mjs';

/** Prints one line of JSON about both modules; a helper that Node 23 removed is put back first. */
const PROBE = `
  const util = require('node:util');
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const tf = require('@tensorflow/tfjs-node-gpu');
  const { binding, isUsingGpuDevice } = tf.backend();
  const { kernel } = require(process.argv[1]);
  process.stdout.write(JSON.stringify({ version: binding.TF_Version, isUsingGpuDevice, kernel }));
`;

/** Where unpacked runtimes are kept, shared by all of a user's clones.
 * @param {NodeJS.ProcessEnv} environment
 */
export function runtimeStore(environment) {
  const cache = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), '.cache');
  return join(cache, 'glimpse', 'tensorflow');
}

/**
 * Makes `@tensorflow/tfjs-node-gpu` loadable.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<'skipped' | 'done'>}
 */
export async function installTensorflow(root, environment) {
  const modules = join(root, 'node_modules');
  const packageFolder = join(modules, '@tensorflow', 'tfjs-node-gpu');
  if (lstatSync(modules).isSymbolicLink()) return checkLinkedPackages(packageFolder);
  const device = await chooseDevice(environment);
  const name = `${TENSORFLOW_VERSION}-${device}`;
  const store = runtimeStore(environment);
  const stamp = join(packageFolder, 'lib', '.glimpse-runtime');
  const expected = fingerprint(root, join(store, name), device);
  if (isReady(packageFolder, stamp, expected)) return 'skipped';
  checkLibc();
  const runtime = await fillRuntimeFolder({ store, name, wheels: wheelsFor(device), environment });
  rmSync(stamp, { force: true });
  linkRuntime(packageFolder, runtime);
  say(`TensorFlow binding and students: compiling for ${name}`);
  const folders = {
    nodeApiHeaders: join(modules, 'node-api-headers', 'include'),
    kernels: kernelFolder(root),
  };
  const compiled = await Promise.allSettled([
    compileBinding(packageFolder, folders, environment),
    compileStudent(packageFolder, folders, environment),
  ]);
  for (const outcome of compiled) if (outcome.status === 'rejected') throw outcome.reason;
  await probeModules(root, studentFile(packageFolder), { runtime, device, environment });
  mkdirSync(join(packageFolder, 'lib'), { recursive: true });
  writeFileSync(stamp, expected);
  return 'done';
}

/** @param {string} packageFolder */
function checkLinkedPackages(packageFolder) {
  const files = [bindingFile(packageFolder), studentFile(packageFolder)];
  if (files.every((file) => existsSync(file))) return /** @type {const} */ ('skipped');
  throw new SetupError(
    'node_modules is a link to another checkout, whose compiled modules are missing',
    'npm run setup in that checkout, or rm node_modules && npm run setup here',
  );
}

/** @param {string} root */
function kernelFolder(root) {
  return join(root, 'src-main', 'engine', 'native');
}

/**
 * Changes whenever linking or compiling must be done again.
 * @param {string} root
 * @param {string} runtime
 * @param {'cpu' | 'gpu'} device
 */
function fingerprint(root, runtime, device) {
  const folder = kernelFolder(root);
  const kernels = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  const scripts = ['binding.mjs', 'compiler.mjs'].map((name) => new URL(name, import.meta.url));
  const recipe = Buffer.concat([...scripts, ...kernels].map((file) => readFileSync(file)));
  const wheels = wheelsFor(device).map((wheel) => wheel.sha256);
  return createHash('sha256')
    .update(recipe)
    .update(JSON.stringify([runtime, wheels]))
    .digest('hex');
}

/**
 * @param {string} packageFolder
 * @param {string} stamp
 * @param {string} expected
 */
function isReady(packageFolder, stamp, expected) {
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== expected) return false;
  // A link into an emptied cache does not exist.
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  return (
    existsSync(bindingFile(packageFolder)) &&
    existsSync(studentFile(packageFolder)) &&
    libraries.every((library) => existsSync(join(packageFolder, 'deps', 'lib', library)))
  );
}

/** TensorFlow's wheels are built for glibc 2.27 and newer. */
function checkLibc() {
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  const version = report.header.glibcVersionRuntime;
  const [major, minor] = (version ?? '0.0').split('.').map(Number);
  if (major > 2 || (major === 2 && minor >= 27)) return;
  throw new SetupError(
    `TensorFlow needs glibc 2.27 or newer, this system has ${version ?? 'another C library'}`,
    'use a distribution with glibc, such as Debian 12 or Ubuntu 22.04',
  );
}

/**
 * @param {string} root
 * @param {string} student
 * @param {{ runtime: string, device: 'cpu' | 'gpu', environment: NodeJS.ProcessEnv }} made
 */
async function probeModules(root, student, { runtime, device, environment }) {
  const node = join(root, 'node_modules', '.bin', 'node');
  const { code, output, tail } = await runProgram(node, ['-e', PROBE, student], {
    cwd: root,
    environment: { ...environment, TF_CPP_MIN_LOG_LEVEL: '2' },
    capture: true,
  });
  if (code !== 0) {
    const lines = tail.trim().split('\n');
    const reason = lines.find((line) => line.startsWith('Error')) ?? lines.at(-1) ?? `exit code ${code}`;
    throw new SetupError(
      `what was compiled for TensorFlow and students does not load: ${reason}`,
      `rm -rf ${runtime} && npm run setup`,
    );
  }
  const found = /** @type {{ version: string, isUsingGpuDevice: boolean, kernel: string }} */ (
    JSON.parse(output)
  );
  say(
    `TensorFlow ${found.version} loads, on the ${found.isUsingGpuDevice ? 'GPU' : 'CPU'}; students: ${found.kernel}`,
  );
  if (device === 'gpu' && !found.isUsingGpuDevice) {
    say('the GPU build sees no GPU (is the NVIDIA driver 525 or newer?): it computes on the CPU meanwhile');
  }
}
