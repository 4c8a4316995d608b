// Work that appears under its name as a whole or not at all: made beside it, then renamed. What a kill leaves is swept by the next one.

import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ensure } from './errors.ts';
import { isRunning } from './holder.ts';

/** Being made, and what was there before. */
const PARTIAL = 'partial';
const FORMER = 'former';

/** Process, kind, when that process began, and one of its own number. */
const LEFTOVER = /^(\d+)\.(partial|former)(?:\.(\d+)-[0-9a-f]{8})?$/;

/** Where to make `target`: a name beside it that nothing else gets. Sweeps what dead processes have left of the same target. */
export async function stagingFor(target: string): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  const prefix = `${basename(target)}.`;
  for (const name of readdirSync(dirname(target))) {
    const [, pid, kind, startedAt] = LEFTOVER.exec(name.slice(prefix.length)) ?? [];
    if (!name.startsWith(prefix) || pid === undefined) continue;
    // A dead process may have had our number.
    const isOwn = Number(pid) === process.pid;
    if (isOwn ? Number(startedAt) === startOfProcess() : isRunning(Number(pid))) continue;
    const left = join(dirname(target), name);
    // Killed between two renames: what was there before is all there is.
    if (kind === FORMER && !existsSync(target)) renameSync(left, target);
    else await rm(left, { recursive: true, force: true });
  }
  return nameBeside(target, PARTIAL);
}

/** One process may make the same target twice at once: the second must not take the first one's files. */
function nameBeside(target: string, kind: typeof PARTIAL | typeof FORMER): string {
  return `${target}.${process.pid}.${kind}.${startOfProcess()}-${randomBytes(4).toString('hex')}`;
}

/** Milliseconds since 1970. */
function startOfProcess(): number {
  return Math.round(performance.timeOrigin);
}

/** Renames to the final name. Throws `bad-usage` where something has it by now, unless it may be replaced. */
export async function moveIntoPlace(
  staging: string,
  target: string,
  { replace }: { replace: boolean },
): Promise<void> {
  const exists = existsSync(target);
  ensure(replace || !exists, 'bad-usage', `${target} exists already`);
  const former = nameBeside(target, FORMER);
  if (exists) await rename(target, former);
  try {
    await rename(staging, target);
  } catch (error) {
    if (exists) await rename(former, target);
    throw error;
  }
  await rm(former, { recursive: true, force: true });
}
