// Turns whatever a command throws into one sentence, a code and an exit code.

import { CommanderError } from 'commander';
import { GlimpseError, messageOf } from '../common/errors.ts';

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
export const EXIT_BAD_USAGE = 2;

export interface Failure {
  /** A code of `common/errors.ts`, or `unexpected`. */
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
}

/** Expected failures keep their sentence; unexpected ones are a bug of ours and show their name too. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CommanderError) {
    return { code: 'bad-usage', message: tidyUsageMessage(error.message), exitCode: EXIT_BAD_USAGE };
  }
  if (error instanceof GlimpseError) {
    const exitCode = error.code === 'bad-usage' ? EXIT_BAD_USAGE : EXIT_FAILED;
    return { code: error.code, message: error.message, exitCode };
  }
  // The system's own words name the call and the path: "EACCES: permission denied, mkdir '/data'".
  if (error instanceof Error && 'syscall' in error) {
    return { code: 'unexpected', message: error.message, exitCode: EXIT_FAILED };
  }
  const name = error instanceof Error ? error.name : 'Error';
  return { code: 'unexpected', message: `${name}: ${messageOf(error)}`, exitCode: EXIT_FAILED };
}

/** Commander says "error: unknown option '--colour'", with a suggestion on a second line. */
function tidyUsageMessage(message: string): string {
  return message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .trim();
}
