// `glimpse train`: a student from a folder of faces and a teacher, or a teacher from faces alone.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { dataFolder } from '../../common/files.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import { DEFAULT_TEACHER } from '../../engine/teacher/default-teacher.ts';
import type { TrainingEvent, Validation } from '../../engine/training/events.ts';
import { RunFolder, runsFolder } from '../../engine/training/run-folder.ts';
import {
  needsTeacher,
  presetSettings,
  type TrainingSettings,
  withEmbeddingSize,
} from '../../engine/training/settings.ts';
import { runTraining, type TrainingReport } from '../../processes/jobs/training-job.ts';
import { yieldToOthers } from '../../processes/yield.ts';
import type { CommandModule } from '../command.ts';
import { cacheFolder, findRunByName, openTeacherByName, resumeCommand } from '../engine-options.ts';
import { parsePath } from '../option-parsers.ts';
import { declareSettings, FIXED_AT_START, settingsOf, type TrainOptions } from '../training-options.ts';

const NAME_RULE = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;

export const command: CommandModule<TrainOptions, TrainingReport> = {
  configure(command) {
    command
      .option(
        '--data <folder>',
        'faces as identity/image, or train.rec (MXNet RecordIO), aligned to 112×112',
        parsePath,
      )
      .option('--validate <folder>', 'LFW folder (pairs.txt and images) to validate on', parsePath)
      .option(
        '--teacher <name>',
        'teacher by name, as `teacher list` shows (default: the npm one where needed)',
      )
      .option('--run <name>', 'name of the run, or a folder for it (default: preset, size and number)')
      .addOption(
        new Option('--resume', "go on from the run's last checkpoint, with the run's own settings").conflicts(
          [...FIXED_AT_START],
        ),
      );
    declareSettings(command);
  },

  async run({ options, progress, note }) {
    const resumes = options.resume === true;
    const run = resumes ? await findRunToResume(options.run) : newRun(options);
    const config = resumes ? await run.readConfig() : null;
    if (!resumes) run.refuseExisting();
    const dataRoot = options.data ?? config?.data.root;
    ensure(dataRoot !== undefined, 'bad-usage', 'train needs --data: a folder of identity/image');
    const chosen = config?.settings ?? settingsOf(options);
    // A search beside it must stay quick.
    yieldToOthers();
    const runtime = loadRuntime();
    const teacherName = config === null ? teacherNameOf(options, chosen) : config.teacher?.name;
    const teacher = teacherName === undefined ? null : await openTeacherByName(teacherName);
    try {
      const settings =
        config === null && teacher !== null ? withEmbeddingSize(chosen, teacher.card.embeddingSize) : chosen;
      note(`run ${run.path}`);
      const report = await runTraining(
        runtime,
        {
          run,
          dataRoot,
          settings,
          teacher,
          validationRoot: options.validate ?? config?.validation ?? null,
          resumes,
          cacheFolder: cacheFolder(),
          environment: {
            node: process.versions.node,
            tensorflow: runtime.ops.backend.binding.TF_Version,
            platform: process.platform,
          },
          onEvent: eventPrinter(note, progress, settings),
          onNote: note,
        },
        progress,
      ).catch((error) => {
        throw existsSync(run.configPath) ? error : explainEarlyStop(error);
      });
      if (report.reason === 'cancelled') throw stoppedByRequest(run, report.epochs);
      return report;
    } finally {
      await teacher?.dispose();
    }
  },

  describe({ runDir, reason, epochs, imagesPerSecond, final, skipped }) {
    const accuracy = final ? describeAccuracies(final, ', ') : 'not validated';
    const left =
      skipped === 0 ? '' : `, ${skipped} unreadable ${skipped === 1 ? 'image' : 'images'} left out`;
    const state = reason === 'no-gain' ? 'stopped early, no gain,' : reason;
    return `${state} after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, ${imagesPerSecond.toFixed(0)} images/s, ${accuracy}${left}\n${runDir}`;
  },
};

function describeAccuracies({ lrLr, lrHr }: Validation, separator: string): string {
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  return [`LR-LR ${percent(lrLr)}`, ...(lrHr === null ? [] : [`LR-HR ${percent(lrHr)}`])].join(separator);
}

/** The teacher named, or the default one where the settings need any. */
function teacherNameOf({ teacher }: TrainOptions, settings: TrainingSettings): string | undefined {
  return teacher ?? (needsTeacher(settings) ? DEFAULT_TEACHER.name : undefined);
}

/** A new run by name under the data folder, or by path; without one, the first free name. */
function newRun({ run, preset, resolution }: TrainOptions): RunFolder {
  const root = runsFolder(dataFolder());
  if (run?.includes('/')) return new RunFolder(parsePath(run));
  if (run !== undefined) {
    ensure(
      NAME_RULE.test(run),
      'bad-usage',
      `a run's name is letters, digits, ".", "_" and "-", not ${JSON.stringify(run)}`,
    );
    return new RunFolder(join(root, run));
  }
  const stem = `${preset}-${resolution ?? presetSettings(preset).network.resolutionPx}px`;
  for (let number = 1; ; number++) {
    const folder = join(root, `${stem}-${number}`);
    if (!existsSync(folder)) return new RunFolder(folder);
  }
}

async function findRunToResume(name: string | undefined): Promise<RunFolder> {
  ensure(name !== undefined, 'bad-usage', '--resume needs --run: the run to go on with');
  return findRunByName(name);
}

/** Training was interrupted before the run had a folder: nothing to resume, and nothing lost. */
function explainEarlyStop(error: unknown): unknown {
  const isCancelled = error instanceof GlimpseError && error.code === 'cancelled';
  if (!isCancelled) return error;
  return new GlimpseError(
    'cancelled',
    'stopped before the first step: the same command goes on from the teacher views made so far',
  );
}

function stoppedByRequest(run: RunFolder, epochs: number): GlimpseError {
  const whole = `${epochs} whole ${epochs === 1 ? 'epoch' : 'epochs'}`;
  return new GlimpseError(
    'cancelled',
    `stopped after ${whole}, checkpoint saved: go on with \`${resumeCommand(run)}\``,
  );
}

/** Steps move the bar, epochs leave a line. */
function eventPrinter(
  note: (line: string) => void,
  progress: Parameters<typeof command.run>[0]['progress'],
  settings: TrainingSettings,
): (event: TrainingEvent) => void {
  let stage: ReturnType<typeof progress.stage> | null = null;
  let done = 0;
  return (event) => {
    if (event.kind === 'step') {
      const { epoch, step, stepsPerEpoch } = event;
      const total = settings.schedule.epochs * stepsPerEpoch;
      const now = epoch * stepsPerEpoch + step;
      stage ??= progress.stage('training', total, 'steps', now);
      if (done > 0) stage.advance(now - done);
      done = now;
    }
    if (event.kind === 'epoch') {
      const { epoch, learningRate, averages, imagesPerSecond, validation } = event;
      const { total, gradientNorm, ...terms } = averages;
      const losses = Object.entries(terms).map(([name, value]) => `${name} ${value.toFixed(3)}`);
      const accuracy = validation ? `  ${describeAccuracies(validation, '  ')}` : '';
      note(
        `epoch ${epoch + 1}/${settings.schedule.epochs}  loss ${total.toFixed(3)}  ${losses.join('  ')}  ` +
          `gradient ${gradientNorm.toFixed(1)}  lr ${learningRate.toPrecision(2)}  ${imagesPerSecond.toFixed(0)} images/s${accuracy}`,
      );
    }
  };
}
