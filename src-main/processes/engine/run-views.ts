// Runs as the window shows them: rows of a list, and one run with its curves.

import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GlimpseError } from '../../common/errors.ts';
import type { RunDetail, RunRow, StepEvent } from '../../contract/training.ts';
import { checkpointPath } from '../../engine/training/checkpoint.ts';
import { findRun, listRuns, type RunFolder, runNames } from '../../engine/training/run-folder.ts';
import { overviewOf, type RunOverview } from '../../engine/training/run-summary.ts';

/** A curve on a 4K screen shows no more. */
const MOST_STEPS = 1000;
const CHECKPOINTS = ['last', 'best'] as const;

/** Newest first; a run whose config.json cannot be read is left out. */
export async function listRunRows(dataFolder: string): Promise<RunRow[]> {
  const rows: RunRow[] = [];
  for (const run of await listRuns(dataFolder)) {
    const row = await rowOf(run);
    if (row !== null) rows.push(row);
  }
  return rows.sort((left, right) => (left.startedAt < right.startedAt ? 1 : -1));
}

/** Throws `not-found`. */
export async function openRun(dataFolder: string, name: string): Promise<RunFolder> {
  const run = findRun(name, dataFolder, dataFolder);
  if (run === null)
    throw new GlimpseError('not-found', `there is no run ${name} (runs: ${await runNames(dataFolder)})`);
  return run;
}

export async function readRunDetail(dataFolder: string, name: string): Promise<RunDetail> {
  const run = await openRun(dataFolder, name);
  const { settings, data, validation } = await run.readConfig();
  const { root, images, identities } = data;
  return {
    row: toRow(await overviewOf(run)),
    settings,
    data: { root, images, identities },
    validation,
    epochs: await run.readEpochs(),
    steps: thin(await run.readSteps()),
    checkpoints: CHECKPOINTS.filter((checkpoint) => existsSync(checkpointPath(run.path, checkpoint))),
    sizeBytes: await folderBytes(run.path),
  };
}

/** Bytes of a folder's files, deeper ones included. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => null))?.size ?? 0));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

async function rowOf(run: RunFolder): Promise<RunRow | null> {
  try {
    return toRow(await overviewOf(run));
  } catch (error) {
    if (error instanceof GlimpseError) return null;
    throw error;
  }
}

function toRow(overview: RunOverview): RunRow {
  const { path: _, ...row } = overview;
  return row;
}

/** Every n-th, the last one included. */
function thin(steps: readonly StepEvent[]): StepEvent[] {
  const every = Math.ceil(steps.length / MOST_STEPS);
  return steps.filter((_, at) => at % every === 0 || at === steps.length - 1);
}
