// Work that appears under its name as a whole or not at all: made beside it, then renamed. What a kill leaves is swept by the next one.

import { existsSync, readdirSync, renameSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ensure } from './errors.ts';
import { isRunning } from './holder.ts';

/** Being made, and what was there before. */
const PARTIAL = 'partial';
const FORMER = 'former';

/** Where to make `target`: a name beside it that nothing has. Sweeps what dead processes have left of the same target. */
export async function stagingFor(target: string): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  const prefix = `${basename(target)}.`;
  for (const name of readdirSync(dirname(target))) {
    const [, pid, kind] = /^(\d+)\.(partial|former)$/.exec(name.slice(prefix.length)) ?? [];
    if (!name.startsWith(prefix) || pid === undefined) continue;
    const isOwn = Number(pid) === process.pid;
    if (!isOwn && isRunning(Number(pid))) continue;
    const left = join(dirname(target), name);
    // Killed between two renames: what was there before is all there is.
    if (kind === FORMER && !existsSync(target)) renameSync(left, target);
    else await rm(left, { recursive: true, force: true });
  }
  return `${target}.${process.pid}.${PARTIAL}`;
}

/** Renames to the final name. Throws `bad-usage` where something has it by now, unless it may be replaced. */
export async function moveIntoPlace(
  staging: string,
  target: string,
  { replace }: { replace: boolean },
): Promise<void> {
  const exists = existsSync(target);
  ensure(replace || !exists, 'bad-usage', `${target} exists already`);
  const former = `${target}.${process.pid}.${FORMER}`;
  if (exists) await rename(target, former);
  await rename(staging, target);
  await rm(former, { recursive: true, force: true });
}
