// tfjs-node-gpu's native binding: links to the runtime's libraries, and one compiler call against them.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './report.mjs';
import { runProgram } from './run.mjs';

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
export async function compileBinding(packageFolder, { nodeApiHeaders, kernels }, environment) {
  const target = bindingFile(packageFolder);
  const temporary = `${target}.tmp`;
  mkdirSync(join(target, '..'), { recursive: true });
  // CXX may carry a wrapper: `ccache g++`.
  const [compiler, ...wrapped] = (environment.CXX || 'g++').split(' ').filter(Boolean);
  const sources = [...sourcesIn(join(packageFolder, 'binding')), ...sourcesIn(kernels)];
  const { code, missing } = await runProgram(
    compiler,
    [
      ...wrapped,
      ...['-std=c++17', '-O3', '-fPIC', '-shared', '-pthread'],
      ...['-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding', '-DBUILDING_NODE_EXTENSION'],
      ...['-I', nodeApiHeaders, '-I', 'deps/include', '-I', 'binding'],
      ...sources,
      ...['-L', 'deps/lib', '-ltensorflow', '-ltensorflow_framework'],
      ...['-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', temporary],
    ],
    { cwd: packageFolder, environment },
  );
  try {
    if (missing) {
      throw new SetupError(
        `there is no C++ compiler \`${compiler}\``,
        'sudo apt-get install g++ (Fedora: sudo dnf install gcc-c++), or set CXX to one',
      );
    }
    if (code !== 0) {
      throw new SetupError(
        `${compiler} could not compile the TensorFlow binding (exit code ${code}); its message stands above`,
        'with a C++17 compiler (g++ 9 or newer; CXX chooses one): npm run setup',
      );
    }
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
