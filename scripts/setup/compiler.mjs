// One call of the C++ compiler: a shared library beside its place, then renamed.

import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './report.mjs';
import { runProgram } from './run.mjs';

/**
 * @param {{ what: string, target: string, options: readonly string[], folder: string, environment: NodeJS.ProcessEnv }} call
 *   `what` is compiled, for messages; `folder` is what relative paths are of; `CXX` names the compiler, g++ otherwise
 */
export async function compileLibrary({ what, target, options, folder, environment }) {
  const temporary = `${target}.tmp`;
  mkdirSync(join(target, '..'), { recursive: true });
  // CXX may carry a wrapper: `ccache g++`.
  const [compiler, ...wrapped] = (environment.CXX || 'g++').split(' ').filter(Boolean);
  const always = ['-std=c++17', '-O3', '-fPIC', '-shared', '-pthread'];
  const { code, missing } = await runProgram(compiler, [...wrapped, ...always, ...options, '-o', temporary], {
    cwd: folder,
    environment,
  });
  try {
    if (missing) {
      throw new SetupError(
        `there is no C++ compiler \`${compiler}\``,
        'sudo apt-get install g++ (Fedora: sudo dnf install gcc-c++), or set CXX to one',
      );
    }
    if (code !== 0) {
      throw new SetupError(
        `${compiler} could not compile ${what} (exit code ${code}); its message stands above`,
        'with a C++17 compiler (g++ 9 or newer; CXX chooses one): npm run setup',
      );
    }
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
