// What there is to tell of a run from its folder alone, in whatever state a kill has left it.

import { existsSync } from 'node:fs';
import { GlimpseError } from '../../common/errors.ts';
import { loadNetwork, type ModelCard } from '../models/student-file.ts';
import { type BestValidation, checkpointPath, loadCheckpoint, type Position } from './checkpoint.ts';
import type { StopReason, Validation } from './events.ts';
import type { EpochRow, RunConfig, RunFolder } from './run-folder.ts';

/** What a list of runs shows; read from config.json and metrics.jsonl. */
export interface RunOverview {
  readonly name: string;
  readonly path: string;
  readonly startedAt: string;
  readonly resolutionPx: number;
  readonly widthFactor: number;
  readonly teacher: string | null;
  /** Whole epochs trained. */
  readonly epochs: number;
  readonly epochsPlanned: number;
  /** Training has ended and the network was saved. */
  readonly finished: boolean;
  /** Why training last stopped; null while it runs and after a kill. */
  readonly stopReason: StopReason | null;
  readonly lastValidation: Validation | null;
}

export interface RunReport extends RunOverview {
  readonly config: RunConfig;
  readonly epochRows: readonly EpochRow[];
  readonly best: BestValidation | null;
  /** Where `train --resume` goes on; null where there is no usable checkpoint. */
  readonly checkpoint: (Position & { readonly path: string }) | null;
  readonly resumable: boolean;
  /** Files of the run that cannot be used, one sentence each. */
  readonly problems: readonly string[];
  readonly card: ModelCard | null;
}

/** Throws what `readConfig` throws. */
export async function overviewOf(run: RunFolder): Promise<RunOverview> {
  return (await readOverview(run)).overview;
}

/** The whole report: checkpoint and network are read and checked too. Throws what `readConfig` throws. */
export async function reportOf(run: RunFolder): Promise<RunReport> {
  const { overview, config, epochRows } = await readOverview(run);
  const problems: string[] = [];
  const path = checkpointPath(run.path, 'last');
  const checkpoint = await loadUnlessDamaged(path, loadCheckpoint, problems);
  const network = await loadUnlessDamaged(run.networkPath, loadNetwork, problems);
  // Before its first checkpoint a run starts over.
  const hasNotBegun = !existsSync(path) && epochRows.length <= 1;
  return {
    ...overview,
    config,
    epochRows,
    best: bestOf(epochRows),
    checkpoint: checkpoint && { path, ...checkpoint.header.position },
    resumable: !overview.finished && (checkpoint !== null || hasNotBegun),
    problems,
    card: network?.card ?? null,
  };
}

async function readOverview(
  run: RunFolder,
): Promise<{ overview: RunOverview; config: RunConfig; epochRows: readonly EpochRow[] }> {
  const config = await run.readConfig();
  const { epochs: epochRows, stopReason } = await run.readMetrics();
  const { network, schedule } = config.settings;
  const overview = {
    name: run.name,
    path: run.path,
    startedAt: config.startedAt,
    resolutionPx: network.resolutionPx,
    widthFactor: network.widthFactor,
    teacher: config.teacher?.name ?? null,
    epochs: epochRows.length,
    epochsPlanned: schedule.epochs,
    finished: existsSync(run.networkPath),
    stopReason,
    lastValidation: epochRows.findLast((row) => row.validation !== null)?.validation ?? null,
  };
  return { overview, config, epochRows };
}

/** Null where the file is absent or damaged; damage is added to the problems. */
async function loadUnlessDamaged<Content>(
  path: string,
  load: (path: string) => Promise<Content>,
  problems: string[],
): Promise<Content | null> {
  if (!existsSync(path)) return null;
  try {
    return await load(path);
  } catch (error) {
    if (!(error instanceof GlimpseError)) throw error;
    problems.push(error.message);
    return null;
  }
}

function bestOf(rows: readonly EpochRow[]): BestValidation | null {
  let best: BestValidation | null = null;
  for (const { epoch, validation } of rows) {
    if (validation !== null && (best === null || validation.score > best.score)) {
      best = { epoch, score: validation.score };
    }
  }
  return best;
}
