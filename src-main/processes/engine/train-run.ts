// A training asked for by the window: the same job as the command line's, its events told as they come.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GlimpseError } from '../../common/errors.ts';
import { cacheFolderOf } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { TrainingEvent, TrainingResult } from '../../contract/training.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import { RunFolder, runsFolder } from '../../engine/training/run-folder.ts';
import { type TrainingSettings, withEmbeddingSize } from '../../engine/training/settings.ts';
import { openTeacher } from '../jobs/teachers.ts';
import { runTraining } from '../jobs/training-job.ts';
import type { EngineContext } from './engine-handlers.ts';
import type { TrainingPlan, TrainRequest } from './engine-service.ts';

/** Throws `cancelled` once it was stopped and has saved its checkpoint. */
export async function trainRun(
  runtime: Runtime,
  request: TrainRequest,
  { dataFolder, onTrainingEvent }: EngineContext,
  progress: ProgressToken,
): Promise<TrainingResult> {
  const run = new RunFolder(join(runsFolder(dataFolder), request.run));
  // A sitting that was killed before the run had a folder starts over.
  const isThere = request.resumes && existsSync(run.configPath);
  const asked = isThere ? null : request.plan;
  const plan = asked ?? (await planOf(run));
  const teacher = plan.teacher === null ? null : await openTeacher(dataFolder, plan.teacher);
  try {
    const settings =
      teacher === null || asked === null
        ? plan.settings
        : withEmbeddingSize(plan.settings, teacher.card.embeddingSize);
    const report = await runTraining(
      runtime,
      {
        run,
        dataRoot: plan.data,
        settings,
        teacher,
        validationRoot: plan.validation,
        resumes: asked === null,
        cacheFolder: cacheFolderOf(dataFolder),
        environment: {
          node: process.versions.node,
          tensorflow: runtime.ops.backend.binding.TF_Version,
          platform: process.platform,
        },
        onEvent: (event) => {
          onTrainingEvent(request.run, event);
          tellProgress(event, settings, progress);
        },
        onNote: () => {},
      },
      progress,
    );
    if (report.reason === 'cancelled') {
      throw new GlimpseError('cancelled', `stopped after ${report.epochs} whole epochs, checkpoint saved`);
    }
    const { reason, epochs, imagesPerSecond, final, skipped } = report;
    return { run: request.run, reason, epochs, imagesPerSecond, final, skipped };
  } finally {
    await teacher?.dispose();
  }
}

/** A resumed run has all from its own config.json. */
async function planOf(run: RunFolder): Promise<TrainingPlan> {
  const { data, validation, teacher, settings } = await run.readConfig();
  return { data: data.root, validation, teacher: teacher?.name ?? null, settings };
}

function tellProgress(event: TrainingEvent, settings: TrainingSettings, progress: ProgressToken): void {
  if (event.kind !== 'step') return;
  const { epochs } = settings.schedule;
  const { epoch, step, stepsPerEpoch, etaSeconds } = event;
  progress.sink({
    stage: `epoch ${epoch + 1}/${epochs}`,
    done: epoch * stepsPerEpoch + step,
    total: epochs * stepsPerEpoch,
    unit: 'steps',
    etaSeconds,
  });
}
