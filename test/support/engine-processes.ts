// The engine processes below a process, as the system lists them.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface SystemProcess {
  readonly pid: number;
  readonly parent: number;
  readonly words: string;
}

/** The engine process, among all that come from `ancestor`, that does the jobs. Throws where there is none. */
export async function workerOf(ancestor: number): Promise<number> {
  const worker = (await enginesOf(ancestor)).find(({ words }) => words.endsWith(' worker'));
  if (worker === undefined) throw new Error(`no worker below process ${ancestor}`);
  return worker.pid;
}

/** The one that answers questions, and reads enrolments. Throws where there is none. */
export async function engineOf(ancestor: number): Promise<number> {
  const engine = (await enginesOf(ancestor)).find(({ words }) => !words.endsWith(' worker'));
  if (engine === undefined) throw new Error(`no engine below process ${ancestor}`);
  return engine.pid;
}

async function enginesOf(ancestor: number): Promise<SystemProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
  const all = stdout.split('\n').flatMap((line): SystemProcess[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), words: match[3] }];
  });
  const below = new Set([ancestor]);
  // Parents come before their children in pid order, but for a wrap-around that a second pass covers.
  for (let pass = 0; pass < 2; pass++) {
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.filter(({ pid, words }) => below.has(pid) && words.includes('engine-process.ts'));
}
