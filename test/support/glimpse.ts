// The real command line in a process of its own.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../src-main/cli.ts', import.meta.url));

export interface GlimpseOptions {
  /** The data folder. */
  readonly home: string;
  /** Largest file the process may write, in KiB: stands for a full disk. */
  readonly largestFileKib?: number;
  /** Called once the process runs; may signal it. */
  readonly onStart?: (child: ChildProcess) => void;
}

export interface GlimpseEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Runs it to its end. */
export async function glimpse(words: readonly string[], options: GlimpseOptions): Promise<GlimpseEnd> {
  const limit = options.largestFileKib;
  const [program, first] =
    limit === undefined
      ? [process.execPath, [SCRIPT]]
      : ['bash', ['-c', `ulimit -f ${limit} && exec "$0" "$@"`, process.execPath, SCRIPT]];
  const child = spawn(program, [...first, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GLIMPSE_HOME: options.home, GLIMPSE_DEVICE: 'cpu' },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    err += chunk;
  });
  options.onStart?.(child);
  const [code, signal] = await once(child, 'close');
  return { code, signal, out, err };
}

/** With --json: the one object on stdout, after a check that the exit code is as expected. */
export async function glimpseJson(
  words: readonly string[],
  options: GlimpseOptions,
  expectedCode = 0,
): Promise<Record<string, unknown>> {
  const { code, out, err } = await glimpse([...words, '--json'], options);
  assert.equal(code, expectedCode, `glimpse ${words.join(' ')} ended with ${code}: ${err}`);
  assert.equal(out.split('\n').length, 2, `one line on stdout: ${out}`);
  return JSON.parse(out) as Record<string, unknown>;
}

/** The message that an expected failure ends with; the JSON error and the line on stderr must agree. */
export async function glimpseFailure(
  words: readonly string[],
  options: GlimpseOptions,
  expected: { code: string; exitCode?: number },
): Promise<string> {
  const { code, out, err } = await glimpse([...words, '--json'], options);
  assert.equal(code, expected.exitCode ?? 1, `glimpse ${words.join(' ')} ended with ${code}: ${err}`);
  const { error } = JSON.parse(out) as { error: { code: string; message: string } };
  assert.equal(error.code, expected.code, error.message);
  assert.doesNotMatch(error.message, /\n|\s{2}/, 'one sentence');
  assert.ok(err.endsWith(`glimpse: ${error.message}\n`), err);
  assert.doesNotMatch(err, /^\s+at /m, 'no stack');
  return error.message;
}
