// A new run that starts where another one's checkpoint stands, with a schedule and weights of its own.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import {
  type Checkpoint,
  checkpointPath,
  loadCheckpoint,
  saveCheckpoint,
} from '../../engine/training/checkpoint.ts';
import { findRun, RunFolder, runNames, runsFolder } from '../../engine/training/run-folder.ts';
import type { TrainingSettings } from '../../engine/training/settings.ts';

export interface BranchRequest {
  readonly source: string;
  readonly checkpoint: 'last' | 'best';
  /** Name of the new run. */
  readonly run: string;
  readonly settings: TrainingSettings;
}

/**
 * Makes the run, ready to be resumed. Throws `not-found` without that run or checkpoint, and `bad-usage` for settings under
 * which its weights mean something else.
 */
export async function branchRun(dataFolder: string, request: BranchRequest): Promise<RunFolder> {
  const { source, checkpoint: name, settings } = request;
  const origin = findRun(source, dataFolder, dataFolder);
  if (origin === null) {
    throw new GlimpseError('not-found', `there is no run ${source} (runs: ${await runNames(dataFolder)})`);
  }
  const run = new RunFolder(join(runsFolder(dataFolder), request.run));
  run.refuseExisting();
  const path = checkpointPath(origin.path, name);
  const checkpoint = await loadCheckpoint(path);
  refuseOtherNetwork(checkpoint, settings, path);
  const config = await origin.readConfig();
  try {
    await mkdir(run.path, { recursive: true });
    await saveCheckpoint(checkpointPath(run.path, 'last'), {
      ...checkpoint,
      // Its own validations decide what is best from here on.
      header: { ...checkpoint.header, settings, best: null, validationsWithoutGain: 0 },
    });
    // The shared past: its curves are this run's too.
    await copyEvents(origin, run, checkpoint.header.position.epoch);
    await run.create({ ...config, settings, startedAt: new Date().toISOString() });
  } catch (error) {
    await rm(run.path, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  return run;
}

/** Lines beyond the checkpoint are left: the run's own will stand in their place. */
async function copyEvents(origin: RunFolder, run: RunFolder, epochs: number): Promise<void> {
  for (const row of await origin.readSteps()) if (row.epoch < epochs) await run.append(row);
  for (const row of await origin.readEpochs()) if (row.epoch < epochs) await run.append(row);
}

function refuseOtherNetwork({ header }: Checkpoint, settings: TrainingSettings, path: string): void {
  const shapeOf = ({ network, classification, relation, embedding, instance }: TrainingSettings): string =>
    JSON.stringify([
      network,
      classification.isOn,
      instance.isOn,
      relation.isOn,
      relation.relationSize,
      embedding.isOn,
    ]);
  ensure(
    shapeOf(header.settings) === shapeOf(settings),
    'bad-usage',
    `${path} holds another network or other terms: a branch may change weights, schedule and seed only`,
  );
  ensure(
    header.position.epoch < settings.schedule.epochs,
    'bad-usage',
    `${path} stands after epoch ${header.position.epoch}: a branch that ends after epoch ${settings.schedule.epochs} has nothing left to train`,
  );
}
