// An ablation as a job of the host: the worker trains and verifies one row after the other. What is done is kept in a file, so
// that a paused or killed plan goes on with the row, and within it with the epoch, where it was.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonFile, writeFileAtomically } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import {
  ABLATION_ROWS,
  type AblationAsked,
  type AblationResult,
  type AblationRow,
  type AblationRowName,
} from '../../contract/ablations.ts';
import type { TrainingSettings } from '../../contract/training-settings.ts';
import type { JobKind } from '../job-queue/job-kinds.ts';
import type { Supervised } from '../supervised.ts';
import type { EngineService } from './engine-service.ts';

export interface AblationJobParams {
  readonly ablation: AblationAsked;
}

export interface AblationJobServices {
  readonly worker: Supervised<EngineService>;
  readonly engine: Supervised<EngineService>;
  readonly dataFolder: string;
}

/** `DEFAULT_FACE_BN`, which only the engine can load; a test holds them equal. */
export const ABLATION_FACE_BN = {
  mode: 'pooled',
  gamma: 0.1,
  lambda: 1,
  batchSize: 256,
  minBatch: 8,
} as const;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}\.json$/u;

export function ablationJobs(services: AblationJobServices): {
  readonly ablation: JobKind<AblationAsked, AblationResult>;
} {
  return {
    ablation: {
      lane: 'engine',
      isResumable: true,
      subjectOf: ({ name }) => name,
      run: (asked, progress, resumes) => runAblation(services, asked, progress, resumes),
    },
  };
}

export function ablationRun(name: string, row: AblationRowName): string {
  return `${name}-${row === 'face-bn' ? 'cls-iid-rid' : row}`;
}

/** The settings of a row: only its terms are on, the rest is as it was asked for. */
export function rowSettings(settings: TrainingSettings, row: AblationRowName): TrainingSettings {
  const isAll = row === 'face-bn' || row === 'cls-iid-rid';
  return {
    ...settings,
    classification: { ...settings.classification, isOn: true },
    instance: { ...settings.instance, isOn: isAll || row === 'cls-iid' },
    relation: { ...settings.relation, isOn: isAll || row === 'cls-rid' },
    embedding: { ...settings.embedding, isOn: false },
  };
}

/** By name; a file that is none of ours is left out. */
export async function listAblations(dataFolder: string): Promise<AblationResult[]> {
  const names = await readdir(join(dataFolder, 'ablations')).catch(() => []);
  const results: AblationResult[] = [];
  for (const name of names.filter((candidate) => NAME.test(candidate)).sort()) {
    const stored = (await readJsonFile(join(dataFolder, 'ablations', name)).catch(() => null)) as
      | (AblationResult & { readonly version?: number })
      | null;
    if (stored?.version === 1) results.push({ name: stored.name, rows: stored.rows });
  }
  return results;
}

async function runAblation(
  { worker, engine, dataFolder }: AblationJobServices,
  { name, plan }: AblationAsked,
  progress: ProgressToken,
  resumes: boolean,
): Promise<AblationResult> {
  const path = join(dataFolder, 'ablations', `${name}.json`);
  const known = resumes
    ? (await listAblations(dataFolder)).find((result) => result.name === name)
    : undefined;
  const rows: AblationRow[] = [...(known?.rows ?? [])];
  const keep = (): Promise<void> =>
    writeFileAtomically(path, `${JSON.stringify({ version: 1, name, rows }, null, 1)}\n`);
  await keep();
  for (const [at, row] of ABLATION_ROWS.entries()) {
    if (rows.some((done) => done.row === row)) continue;
    progress.throwIfCancelled();
    const place = `row ${at + 1}/${ABLATION_ROWS.length}`;
    const onProgress: typeof progress.sink = (report) =>
      progress.sink({ ...report, stage: `${place} · ${report.stage}` });
    const under = { onProgress, signal: progress.signal };
    const run = ablationRun(name, row);
    const isTrained = (await engine.call('runs', null)).some((known) => known.name === run && known.finished);
    if (!isTrained) {
      const settings = rowSettings(plan.settings, row);
      await worker.call('train', { run, plan: { ...plan, settings }, resumes }, under);
    }
    const faceBn = row === 'face-bn' ? ABLATION_FACE_BN : null;
    const verified = await worker.call('verify', { student: run, dataset: plan.validation, faceBn }, under);
    rows.push({ row, run, accuracies: verified.rows });
    await keep();
  }
  return { name, rows };
}
