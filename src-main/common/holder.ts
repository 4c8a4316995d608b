// A folder held by one process at a time: a file that says who, taken over where that process is gone.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { GlimpseError, systemCode } from './errors.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/**
 * Takes the lock file and returns what lets go of it. Throws `in-use` naming who holds `what`. A process of this machine that no
 * longer runs holds nothing; one of another machine is believed.
 */
export function holdFile(path: string, what: string): () => void {
  const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  for (let attempt = 0; ; attempt++) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, JSON.stringify(holder));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      const other = readHolder(path);
      const isGone = other === null || (other.host === holder.host && !isRunning(other.pid));
      if (!isGone || attempt > 0) {
        const who =
          other === null ? 'another process' : `process ${other.pid} on ${other.host} since ${other.since}`;
        throw new GlimpseError('in-use', `${what} is held by ${who}: wait for it, or stop it first`, {
          cause: error,
        });
      }
      rmSync(path, { force: true });
    }
  }
}

/** Null for a file that a kill left empty. */
function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
