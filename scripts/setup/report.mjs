// What set-up says: one line a step on stderr, and failures that carry the command that mends them.

/** An expected failure of set-up: what went wrong, and what to type. */
export class SetupError extends Error {
  /**
   * @param {string} message one sentence: the rule and what was found
   * @param {string} mend a command, or the shortest instruction that leads to one
   */
  constructor(message, mend) {
    super(message);
    this.name = 'SetupError';
    this.mend = mend;
  }
}

/** @param {string} line */
export function say(line) {
  console.error(`setup: ${line}`);
}

/**
 * Bytes for people: MB below one GB.
 * @param {number} bytes
 */
export function formatBytes(bytes) {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/**
 * The `code` of a system error, or null.
 * @param {unknown} error
 * @returns {string | null}
 */
export function systemCode(error) {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
