// Sets Glimpse up on a fresh clone, then starts it or runs its tests. Plain Node >= 20, no dependencies:
//   node scripts/setup.mjs              set up only
//   node scripts/setup.mjs start …      set up, then the workstation
//   node scripts/setup.mjs test …       set up, then all tests (or the named files)
//   node scripts/setup.mjs glimpse …    set up, then a command of the command line
// Whatever runs after set-up runs in the Node that the lock file pins, not in the one that started this script.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './setup/packages.mjs';
import { SetupError, say } from './setup/report.mjs';
import { installTensorflow } from './setup/tensorflow.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @type {Record<string, (rest: string[]) => string[]>} What each stage runs, as arguments of Node. */
const STAGES = {
  start: (rest) => ['scripts/start.mjs', ...rest],
  test: (rest) => ['scripts/test.mjs', ...rest],
  glimpse: (rest) => ['src-main/cli.ts', ...rest],
};

/** @param {string[]} args */
async function main([stage, ...rest]) {
  if (stage !== undefined && !(stage in STAGES)) {
    throw new SetupError(`unknown stage \`${stage}\``, 'node scripts/setup.mjs [start|test|glimpse]');
  }
  checkMachine();
  await setUp();
  if (stage !== undefined) process.exitCode = await runStage(STAGES[stage](rest));
}

function checkMachine() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20)
    throw new SetupError(`Node ${process.versions.node} is too old`, 'install Node 20 or newer');
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(
      `${process.platform} ${process.arch} is not supported yet: Glimpse runs on Linux x64 for now`,
      'use a Linux x64 machine (a container or WSL 2 will do)',
    );
  }
}

async function setUp() {
  const startedMs = performance.now();
  const steps = [await installPackages(root, process.env), await installTensorflow(root, process.env)];
  if (!steps.includes('done')) return;
  say(`ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}

/**
 * Runs Node 24 from node_modules with its folder first on the PATH; resolves to the exit code.
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function runStage(args) {
  const binaries = join(root, 'node_modules', '.bin');
  const node = join(binaries, 'node');
  if (!existsSync(node)) {
    throw new SetupError('node_modules/.bin/node is missing', 'rm -rf node_modules && npm run setup');
  }
  const path = [binaries, process.env.PATH].filter(Boolean).join(delimiter);
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  // A terminal's Ctrl-C reaches the child by itself; this process only has to outlive it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}\n  mend: ${error.mend}`);
  process.exitCode = 1;
}
