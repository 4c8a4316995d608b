// tfjs-node-gpu's native binding: links to the runtime's libraries, and a compiler call against them; beside it, our own module
// for students, which needs none of them.

import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { compileLibrary } from './compiler.mjs';

// The binding asks for the names that a stand-alone libtensorflow has; the wheel's C API lives in the cc library.
const LIBRARY_LINKS = {
  'libtensorflow_cc.so.2': 'libtensorflow_cc.so.2',
  'libtensorflow.so.2': 'libtensorflow_cc.so.2',
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so.2': 'libtensorflow_framework.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
};

/**
 * Where tfjs-node-gpu looks for its binding.
 * @param {string} packageFolder
 */
export function bindingFile(packageFolder) {
  return join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node');
}

/**
 * Where our module for students lies: beside the binding, which is compiled whenever it is.
 * @param {string} packageFolder
 */
export function studentFile(packageFolder) {
  return join(packageFolder, 'lib', 'napi-v8', 'glimpse_student.node');
}

/**
 * Makes `deps/` of links into the runtime folder. `deps/lib` is a folder of links, not a link: the loader takes
 * `$ORIGIN` from the path a library is opened by, and `$ORIGIN/../nvidia` has to be `deps/nvidia`.
 * @param {string} packageFolder
 * @param {string} runtime
 */
export function linkRuntime(packageFolder, runtime) {
  const dependencies = join(packageFolder, 'deps');
  rmSync(dependencies, { recursive: true, force: true });
  mkdirSync(join(dependencies, 'lib'), { recursive: true });
  symlinkSync(join(runtime, 'include'), join(dependencies, 'include'));
  for (const [link, library] of Object.entries(LIBRARY_LINKS)) {
    symlinkSync(join(runtime, 'lib', library), join(dependencies, 'lib', link));
  }
  const nvidia = join(runtime, 'nvidia');
  if (existsSync(nvidia)) symlinkSync(nvidia, join(dependencies, 'nvidia'));
}

/**
 * The C++ files of a folder, sorted.
 * @param {string} folder
 */
export function sourcesIn(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cc'))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * Compiles `binding/*.cc` and our own kernels to the place where the package looks for its binding; some ten seconds, no
 * node-gyp.
 * @param {string} packageFolder
 * @param {{ nodeApiHeaders: string, kernels: string }} folders
 * @param {NodeJS.ProcessEnv} environment `CXX` names the compiler, g++ otherwise
 */
export function compileBinding(packageFolder, { nodeApiHeaders, kernels }, environment) {
  const options = [
    ...['-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding', '-DBUILDING_NODE_EXTENSION'],
    ...['-I', nodeApiHeaders, '-I', 'deps/include', '-I', 'binding'],
    ...[...sourcesIn(join(packageFolder, 'binding')), ...sourcesIn(kernels)],
    ...['-L', 'deps/lib', '-ltensorflow', '-ltensorflow_framework', '-Wl,-rpath,$ORIGIN/../../deps/lib'],
  ];
  const target = bindingFile(packageFolder);
  return compileLibrary({
    what: 'the TensorFlow binding',
    target,
    options,
    folder: packageFolder,
    environment,
  });
}

/**
 * Compiles our module for students: the kernels' folder `student` and the threads that both share.
 * @param {string} packageFolder
 * @param {{ nodeApiHeaders: string, kernels: string }} folders
 * @param {NodeJS.ProcessEnv} environment
 */
export function compileStudent(packageFolder, { nodeApiHeaders, kernels }, environment) {
  const options = [
    ...['-DNAPI_VERSION=8', '-fvisibility=hidden', '-I', nodeApiHeaders],
    ...[...sourcesIn(join(kernels, 'student')), join(kernels, 'threads.cc')],
  ];
  const target = studentFile(packageFolder);
  return compileLibrary({
    what: 'the module for students',
    target,
    options,
    folder: packageFolder,
    environment,
  });
}
