// A display for tests that open windows: the one there is, or an Xvfb of their own.

import { spawn } from 'node:child_process';

const SCREEN = '2560x1440x24';

/**
 * Sets DISPLAY in `environment` where it starts one. Null where there is neither a display nor Xvfb.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<{ close(): void } | null>}
 */
export async function openDisplay(environment) {
  if (environment.DISPLAY || environment.WAYLAND_DISPLAY) return { close() {} };
  // It writes the number of the display that it has found free.
  const words = ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'];
  const child = spawn('Xvfb', words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await numberFrom(child);
  if (number === null) return null;
  environment.DISPLAY = `:${number}`;
  process.once('exit', () => child.kill());
  return { close: () => child.kill() };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string | null>}
 */
function numberFrom(child) {
  return new Promise((resolve) => {
    let text = '';
    child.once('error', () => resolve(null));
    child.once('exit', () => resolve(null));
    child.stdio[3]?.on('data', (chunk) => {
      text += chunk;
      if (text.endsWith('\n')) resolve(text.trim());
    });
  });
}
