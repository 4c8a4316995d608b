// Runs a program for set-up: its output goes to stderr, the end of what it said is kept for the error message.

import { spawn } from 'node:child_process';
import { systemCode } from './report.mjs';

const KEPT_CHARACTERS = 16_000;

/**
 * @typedef {object} Outcome
 * @property {number | null} code exit code; null when a signal ended it
 * @property {boolean} missing there is no such program
 * @property {string} output stdout, whole when captured, else empty
 * @property {string} tail the last characters of stderr
 */

/**
 * Runs a program to its end; never rejects because of how it ended.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, environment: NodeJS.ProcessEnv, capture?: boolean, timeoutMs?: number }} options
 *   capture: keep stdout and stay silent; otherwise both streams show on stderr
 * @returns {Promise<Outcome>}
 */
export function runProgram(program, args, options) {
  const { cwd, environment, capture = false, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: environment,
      // Not the option `timeout`: its timer outlives a program that is not there.
      signal: timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs),
      stdio: ['ignore', capture ? 'pipe' : 2, 'pipe'],
    });
    let output = '';
    let tail = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      tail = (tail + chunk).slice(-KEPT_CHARACTERS);
      if (!capture) process.stderr.write(chunk);
    });
    child.on('error', (error) => {
      const missing = ['ENOENT', 'EACCES'].includes(systemCode(error) ?? '');
      if (missing || error.name === 'AbortError') resolve({ code: null, missing, output, tail });
      else reject(error);
    });
    child.on('close', (code) => resolve({ code, missing: false, output, tail }));
  });
}
