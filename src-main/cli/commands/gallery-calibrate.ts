// `glimpse gallery calibrate`: FaceBN on a gallery's own faces, and every face embedded anew.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option } from 'commander';
import { dataFolder } from '../../common/files.ts';
import { DEFAULT_FACE_BN, type FaceBnMode } from '../../engine/adaptation/face-bn.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import { calibrateProfile, fillSpace } from '../../processes/enrolment/calibrate-job.ts';
import { studentCropEmbedder } from '../../processes/enrolment/crop-embedder.ts';
import { openStudent } from '../../processes/jobs/student.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';
import { callerFolder, integerParser, numberParser } from '../option-parsers.ts';

interface CalibrateOptions {
  readonly model: string;
  readonly camera?: string;
  readonly mode: FaceBnMode;
  readonly gamma: number;
  readonly lambda: number;
  readonly batch: number;
}

interface CalibrateResult {
  readonly gallery: string;
  readonly profile: string;
  /** Faces that the statistics come from. */
  readonly adaptedTo: number;
  readonly space: number;
  readonly faces: number;
}

export const command: CommandModule<CalibrateOptions, CalibrateResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .requiredOption('--model <run>', 'the student that its faces were embedded by')
      .option('--camera <name>', "statistics from this camera's faces alone")
      .addOption(
        new Option('--mode <mode>', 'how statistics are estimated')
          .choices(['calibrated', 'pooled'])
          .default(DEFAULT_FACE_BN.mode),
      )
      .option('--gamma <share>', 'γ of calibrated', numberParser(0, 1), DEFAULT_FACE_BN.gamma)
      .option('--lambda <share>', 'λ of pooled', numberParser(0, 1), DEFAULT_FACE_BN.lambda)
      .option('--batch <faces>', 'M', integerParser(2), DEFAULT_FACE_BN.batchSize);
  },

  run: ({ words, options, progress }) =>
    withGallery(words[0], async (gallery) => {
      const { model, camera = null, mode, gamma, lambda, batch } = options;
      const runtime = loadRuntime();
      const folders = { dataFolder: dataFolder(), callerFolder: callerFolder() };
      const plain = await openStudent(runtime, model, { ...folders, profile: null });
      const settings = { ...DEFAULT_FACE_BN, mode, gamma, lambda, batchSize: batch };
      const profilesFolder = join(dataFolder(), 'profiles');
      const calibration = { settings, camera, profilesFolder };
      const profile = await calibrateProfile(runtime, gallery, plain, calibration, progress);
      plain.dispose();
      const student = await openStudent(runtime, model, { ...folders, profile: profile.path });
      const embedder = studentCropEmbedder(runtime, student, await readFile(profile.path));
      try {
        const space = await fillSpace(gallery, embedder, progress);
        const faces = gallery.database.prepare('SELECT count(*) FROM faces').pluck().get() as number;
        return {
          gallery: gallery.name,
          profile: profile.path,
          adaptedTo: profile.faces,
          space: space.id,
          faces,
        };
      } finally {
        await embedder.dispose();
        student.dispose();
      }
    }),

  describe: ({ gallery, profile, adaptedTo, faces }) =>
    `${gallery}: ${countOf(faces, 'face')} embedded anew, adapted to ${adaptedTo} of them; this space answers now\n` +
    `searches and enrolments with --model take its FaceBN profile from the gallery; a copy is ${profile}`,
};
