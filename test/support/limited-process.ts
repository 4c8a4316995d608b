// Runs a TypeScript file in a process of its own that may not write files beyond a size: a disk that is full, for tests.

import { execFile } from 'node:child_process';

export interface ProcessEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The shell's `ulimit -f` makes every write beyond the limit fail with EFBIG. */
export function runLimited(
  largestFileKib: number,
  script: URL,
  words: readonly string[],
): Promise<ProcessEnd> {
  const shellWords = [
    '-c',
    `ulimit -f ${largestFileKib}; exec "$@"`,
    'bash',
    process.execPath,
    script.pathname,
  ];
  return new Promise((resolve) => {
    execFile('bash', [...shellWords, ...words], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr });
    });
  });
}
