// `glimpse train`: a student from a folder of faces and a teacher.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { dataFolder } from '../../common/files.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import type { TrainingEvent } from '../../engine/training/events.ts';
import { RunFolder, runsFolder } from '../../engine/training/run-folder.ts';
import {
  type PresetName,
  presetSettings,
  type TrainingSettings,
  withEpochs,
} from '../../engine/training/settings.ts';
import { runTraining, type TrainingReport } from '../../processes/jobs/training-job.ts';
import type { CommandModule } from '../command.ts';
import { cacheFolder, openTeacherByName, teacherOption } from '../engine-options.ts';
import { integerParser, numberParser, parsePath } from '../option-parsers.ts';

interface TrainOptions {
  readonly data?: string;
  readonly validate?: string;
  readonly teacher: string;
  readonly run?: string;
  readonly resume: boolean;
  readonly preset: PresetName;
  readonly resolution?: number;
  readonly input?: 'native' | '112';
  readonly width?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly terms?: string;
  readonly views?: number;
  readonly negatives?: number;
  readonly sampling?: 'hard' | 'random';
  readonly headInit?: 'teacher' | 'random';
  readonly embeddingWeight?: number;
  readonly clip?: number;
  readonly validateEvery?: number;
  readonly patience?: number;
  readonly seed?: number;
}

const TERM_LETTERS = ['cls', 'iid', 'rid', 'emb'] as const;

export const command: CommandModule<TrainOptions, TrainingReport> = {
  configure(command) {
    command
      .option('--data <folder>', 'faces as identity/image, aligned to 112×112', parsePath)
      .option('--validate <folder>', 'LFW folder (pairs.txt and images) to validate on', parsePath)
      .addOption(teacherOption())
      .option('--run <name>', 'name of the run, or a folder for it (default: preset, size and number)')
      .option('--resume', "go on from the run's last checkpoint", false)
      .addOption(
        new Option('--preset <name>', 'where the settings start')
          .choices(['paper', 'ours', 'quick'])
          .default('ours'),
      )
      .option('--resolution <px>', 'r: side of the degraded faces', integerParser(16, 112))
      .addOption(new Option('--input <kind>', 'what the network sees').choices(['native', '112']))
      .option('--width <factor>', 'multiplies every channel count', numberParser(1 / 64, 4))
      .option(
        '--epochs <count>',
        'epochs; the learning rate drops at 58, 78 and 89 % of them',
        integerParser(1),
      )
      .option('--batch <faces>', 'faces per step', integerParser(2))
      .option('--learning-rate <rate>', 'first learning rate', numberParser(0))
      .option('--terms <list>', `loss terms that are on, of ${TERM_LETTERS.join(',')}`)
      .option('--views <count>', 'V: teacher views per face', integerParser(1, 64))
      .option('--negatives <count>', 'n: negatives per face of L_RID', integerParser(1))
      .addOption(
        new Option('--sampling <kind>', 'how negatives are pre-selected').choices(['hard', 'random']),
      )
      .addOption(new Option('--head-init <kind>', 'where class weights start').choices(['teacher', 'random']))
      .option('--embedding-weight <delta>', 'δ of L_Emb', numberParser(0))
      .option('--clip <norm>', 'largest gradient norm', numberParser(0))
      .option('--validate-every <epochs>', 'validate every so many epochs', integerParser(1))
      .option('--patience <count>', 'stop after so many validations without gain', integerParser(1))
      .option('--seed <number>', 'fixes every random draw', integerParser(0));
  },

  async run({ options, progress, note }) {
    const runtime = loadRuntime();
    const run = findRun(options);
    const config = options.resume ? await run.readConfig() : null;
    const dataRoot = options.data ?? config?.data.root;
    ensure(dataRoot !== undefined, 'bad-usage', 'train needs --data: a folder of identity/image');
    const settings = config?.settings ?? settingsOf(options);
    const teacher = await openTeacherByName(config?.teacher.name ?? options.teacher);
    try {
      note(`run ${run.path}`);
      const onEvent = eventPrinter(note, progress, settings);
      return await runTraining(
        runtime,
        {
          run,
          dataRoot,
          settings,
          teacher,
          validationRoot: options.validate ?? config?.validation ?? null,
          resumes: options.resume,
          cacheFolder: cacheFolder(),
          environment: {
            node: process.versions.node,
            tensorflow: runtime.ops.backend.binding.TF_Version,
            platform: process.platform,
          },
          onEvent,
        },
        progress,
      );
    } finally {
      await teacher.dispose();
    }
  },

  describe({ runDir, reason, epochs, imagesPerSecond, final }) {
    const accuracy = final ? `LR-LR ${percent(final.lrLr)}, LR-HR ${percent(final.lrHr)}` : 'not validated';
    return `${reason} after ${epochs} epochs, ${imagesPerSecond.toFixed(0)} images/s, ${accuracy}\n${runDir}`;
  },
};

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** A run by name under the data folder, or by path; without one, the first free name. */
function findRun({ run, resume, preset, resolution }: TrainOptions): RunFolder {
  const root = runsFolder(dataFolder());
  if (run !== undefined) return new RunFolder(run.includes('/') ? parsePath(run) : join(root, run));
  ensure(!resume, 'bad-usage', '--resume needs --run: the run to go on with');
  const stem = `${preset}-${resolution ?? presetSettings(preset).network.resolutionPx}px`;
  for (let number = 1; ; number++) {
    const folder = join(root, `${stem}-${number}`);
    if (!existsSync(folder)) return new RunFolder(folder);
  }
}

function settingsOf(options: TrainOptions): TrainingSettings {
  const preset = presetSettings(options.preset);
  const base = options.epochs === undefined ? preset : withEpochs(preset, options.epochs);
  const terms = options.terms?.split(',');
  for (const term of terms ?? []) {
    ensure(
      TERM_LETTERS.some((known) => known === term),
      'bad-usage',
      `--terms knows ${TERM_LETTERS.join(', ')}, not ${JSON.stringify(term)}`,
    );
  }
  const isOn = (term: (typeof TERM_LETTERS)[number], otherwise: boolean): boolean =>
    terms?.includes(term) ?? otherwise;
  const { network, classification, instance, relation, embedding, schedule } = base;
  const settings: TrainingSettings = {
    ...base,
    network: {
      ...network,
      resolutionPx: options.resolution ?? network.resolutionPx,
      studentInput: options.input ?? network.studentInput,
      widthFactor: options.width ?? network.widthFactor,
    },
    classification: {
      ...classification,
      isOn: isOn('cls', classification.isOn),
      headInit: options.headInit ?? classification.headInit,
    },
    instance: { ...instance, isOn: isOn('iid', instance.isOn) },
    relation: {
      ...relation,
      isOn: isOn('rid', relation.isOn),
      negatives: options.negatives ?? relation.negatives,
      sampling: options.sampling ?? relation.sampling,
    },
    embedding: { isOn: isOn('emb', embedding.isOn), weight: options.embeddingWeight ?? embedding.weight },
    teacherViews: options.views ?? base.teacherViews,
    schedule: {
      ...schedule,
      batchSize: options.batch ?? schedule.batchSize,
      learningRate: options.learningRate ?? schedule.learningRate,
      largestGradientNorm: options.clip ?? schedule.largestGradientNorm,
    },
    validateEveryEpochs: options.validateEvery ?? base.validateEveryEpochs,
    patience: options.patience ?? base.patience,
    seed: options.seed ?? base.seed,
  };
  const anyTerm =
    settings.classification.isOn ||
    settings.instance.isOn ||
    settings.relation.isOn ||
    settings.embedding.isOn;
  ensure(anyTerm, 'bad-usage', '--terms leaves no loss term on');
  return settings;
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
      const accuracy = validation
        ? `  LR-LR ${percent(validation.lrLr)}  LR-HR ${percent(validation.lrHr)}`
        : '';
      note(
        `epoch ${epoch + 1}/${settings.schedule.epochs}  loss ${total.toFixed(3)}  ${losses.join('  ')}  ` +
          `gradient ${gradientNorm.toFixed(1)}  lr ${learningRate.toPrecision(2)}  ${imagesPerSecond.toFixed(0)} images/s${accuracy}`,
      );
    }
  };
}
