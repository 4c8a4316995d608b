// `glimpse adapt`: a FaceBN profile of a student for a gallery or a camera.

import { join } from 'node:path';
import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { dataFolder } from '../../common/files.ts';
import { DEFAULT_FACE_BN, type FaceBnMode } from '../../engine/adaptation/face-bn.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import { textTable } from '../../evaluation/report-lines.ts';
import { type AdaptReport, runAdaptation } from '../../processes/jobs/adapt-job.ts';
import { openStudent } from '../../processes/jobs/student.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { callerFolder, integerParser, numberParser, parsePath } from '../option-parsers.ts';

interface AdaptOptions {
  readonly model: string;
  readonly data?: string;
  readonly out?: string;
  readonly mode: FaceBnMode;
  readonly gamma: number;
  readonly lambda: number;
  readonly batch: number;
  readonly minBatch: number;
}

const SKIPPED_SHOWN = 10;

export const command: CommandModule<AdaptOptions, AdaptReport> = {
  configure(command) {
    command
      .requiredOption('--model <run>', 'a run by name, or a student file')
      .option('--data <folder>', 'faces of the target domain: identity/image, or an LFW folder', parsePath)
      .option('--out <file>', 'where the profile goes (default: under the data folder)', parsePath)
      .addOption(
        new Option('--mode <mode>', 'how statistics are estimated')
          .choices(['calibrated', 'pooled'])
          .default(DEFAULT_FACE_BN.mode),
      )
      .option(
        '--gamma <share>',
        'γ: share of the old statistics a batch leaves',
        numberParser(0, 1),
        DEFAULT_FACE_BN.gamma,
      )
      .option(
        '--lambda <share>',
        "λ: share of the faces' own statistics",
        numberParser(0, 1),
        DEFAULT_FACE_BN.lambda,
      )
      .option('--batch <faces>', 'M', integerParser(2), DEFAULT_FACE_BN.batchSize)
      .option(
        '--min-batch <faces>',
        'a smaller batch never updates',
        integerParser(2),
        DEFAULT_FACE_BN.minBatch,
      );
  },

  async run({ options, progress }) {
    const { model, data, mode, gamma, lambda, batch, minBatch } = options;
    ensure(data !== undefined, 'bad-usage', 'adapt needs --data: a folder of faces of the target domain');
    const runtime = loadRuntime();
    const folders = { dataFolder: dataFolder(), callerFolder: callerFolder(), profile: null };
    const student = await openStudent(runtime, model, folders);
    try {
      const settings = { mode, gamma, lambda, batchSize: batch, minBatch };
      const profilesFolder = join(dataFolder(), 'profiles');
      return await runAdaptation(
        runtime,
        { student, root: data, settings, outPath: options.out ?? null, profilesFolder },
        progress,
      );
    } finally {
      student.dispose();
    }
  },

  describe({ profile, faces, skipped, layers }) {
    const header = ['batch norm', 'shift', 'mean', 'observed', 'adapted', 'variance', 'observed', 'adapted'];
    const table = textTable(
      header,
      layers.map(({ norm, standardisedShift, mean, variance }) => [
        norm,
        ...[standardisedShift, ...mean, ...variance].map((value) => value.toPrecision(4)),
      ]),
    );
    const shown = skipped.slice(0, SKIPPED_SHOWN).map((reason) => `  ${reason}`);
    const more = skipped.length > SKIPPED_SHOWN ? [`  … and ${skipped.length - SKIPPED_SHOWN} more`] : [];
    const left =
      skipped.length > 0
        ? [`${countOf(skipped.length, 'unreadable image')} left out:`, ...shown, ...more]
        : [];
    return [...table, ...left, `${countOf(faces, 'face')} → ${profile}`].join('\n');
  },
};
