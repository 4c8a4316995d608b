// The PyTorch baseline of the training benchmark: the same network and losses, in a process of its own.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../common/errors.ts';

export interface PyTorchRate {
  readonly imagesPerSecond: number;
  readonly torchVersion: string;
  readonly precision: string;
}

/** As one would write it down, or with the relation term and the allocator tuned for this machine. */
export type PyTorchForm = 'plain' | 'tuned';

const FORM_WORDS: Readonly<Record<PyTorchForm, readonly string[]>> = {
  plain: ['--relation-form', 'gather', '--allocator', 'default'],
  tuned: ['--relation-form', 'bank', '--allocator', 'tuned'],
};

const SCRIPT = fileURLToPath(new URL('../../../test/bench/pytorch/train_step.py', import.meta.url));

/** Null where that Python has no PyTorch, or the script is not there (an installed Glimpse): the reason goes to `note`. */
export async function runPyTorchStep(
  python: string,
  options: { threads: number; widthFactor: number; form: PyTorchForm },
  note: (line: string) => void,
): Promise<PyTorchRate | null> {
  if (!existsSync(SCRIPT)) return null;
  const words = [
    ['--threads', options.threads],
    ['--width-factor', options.widthFactor],
    ['--precision', 'float32'],
    FORM_WORDS[options.form],
  ].flat();
  try {
    return JSON.parse(await outputOf(python, [SCRIPT, ...words.map(String)])) as PyTorchRate;
  } catch (error) {
    note(`no PyTorch baseline: ${messageOf(error)}`);
    return null;
  }
}

function outputOf(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // Our own process's allocator settings are no part of PyTorch as one would start it.
    const { GLIBC_TUNABLES: _, ...environment } = process.env;
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(complaint.trim().split('\n').at(-1) ?? `${program} exited with ${code}`));
    });
  });
}
