// Failures that several steps of set-up share.

import { mkdirSync, statfsSync } from 'node:fs';
import { formatBytes, SetupError, systemCode } from './report.mjs';

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

/**
 * Refuses a step that the disk cannot hold, before it starts.
 * @param {string} folder
 * @param {number} neededBytes
 * @param {string} what
 */
export function checkSpace(folder, neededBytes, what) {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  throw new SetupError(
    `${what} needs ${formatBytes(neededBytes)} in ${folder}, which has ${formatBytes(freeBytes)} left`,
    'free some space, or set XDG_CACHE_HOME to a folder on a larger disk',
  );
}
