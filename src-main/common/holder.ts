// A folder held by one process at a time: a file that says who, taken over where that process is gone.

import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, JSON.stringify(holder));
  try {
    if (!take(own, path)) {
      const other = readHolder(path);
      const isGone = other === null || (other.host === holder.host && !isRunning(other.pid));
      if (!isGone || !takeOver(own, path, other)) throw heldError(what, readHolder(path));
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/** A link appears with its content, or not at all: nobody sees half a lock. */
function take(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}

/** Moves the dead process's lock away; of two that try, one moves it, and the other finds a live one in its place. */
function takeOver(own: string, path: string, dead: Holder | null): boolean {
  const aside = `${own}.dead`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return take(own, path);
    throw error;
  }
  const moved = readHolder(aside);
  const isDead = JSON.stringify(moved) === JSON.stringify(dead);
  if (!isDead) take(aside, path);
  rmSync(aside, { force: true });
  return isDead && take(own, path);
}

function heldError(what: string, other: Holder | null): GlimpseError {
  const who =
    other === null ? 'another process' : `process ${other.pid} on ${other.host} since ${other.since}`;
  return new GlimpseError('in-use', `${what} is held by ${who}: wait for it, or stop it first`);
}

/** Null for a file that is gone or is no lock. */
function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

/** Whether a process of this machine has the number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
