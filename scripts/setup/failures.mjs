// Failures that several steps of set-up share.

import { mkdirSync } from 'node:fs';
import { SetupError, systemCode } from './report.mjs';

export function noPython() {
  return new SetupError('python3 is not installed', 'sudo apt-get install python3 python3-pip');
}

/** @param {string} folder */
export function diskFull(folder) {
  return new SetupError(
    `the disk of ${folder} is full`,
    'free some space, or set XDG_CACHE_HOME to a folder on a larger disk; then npm run setup',
  );
}

/**
 * Makes a folder and its parents.
 * @param {string} folder
 */
export function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(folder);
    throw new SetupError(
      `${folder} cannot be made (${code})`,
      'set XDG_CACHE_HOME to a folder that you may write to',
    );
  }
}
