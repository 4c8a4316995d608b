// `glimpse export`: a trained student as an ONNX file with its batch norms folded in, to be run anywhere.

import { stat } from 'node:fs/promises';
import { dataFolder, sha256OfFile } from '../../common/files.ts';
import { loadProfile } from '../../engine/adaptation/profile-file.ts';
import { exportStudent } from '../../engine/export/export-student.ts';
import { foldNetwork } from '../../engine/models/fold.ts';
import { loadNetwork } from '../../engine/models/student-file.ts';
import { findStudentFile } from '../../processes/jobs/student.ts';
import type { CommandModule } from '../command.ts';
import { callerFolder, parsePath } from '../option-parsers.ts';
import { readVersion } from '../version.ts';

interface ExportOptions {
  readonly out: string;
  readonly profile?: string;
}

interface ExportResult {
  readonly file: string;
  readonly bytes: number;
  readonly model: string;
  /** SHA-256 of the student's file. */
  readonly modelDigest: string;
  /** Side of the faces it learned from, and of the input: they differ for a student that sees them upsampled. */
  readonly resolution: number;
  readonly inputSize: number;
  readonly embeddingSize: number;
  readonly faceBnProfile: string | null;
}

export const command: CommandModule<ExportOptions, ExportResult> = {
  configure(command) {
    command
      .argument('<run>', 'a run by name, or a student file')
      .requiredOption('--out <file.onnx>', 'where it goes', parsePath)
      .option('--profile <file>', 'fold in the statistics of this FaceBN profile', parsePath);
  },

  async run({ words, options }) {
    const path = await findStudentFile(words[0], dataFolder(), callerFolder());
    const [trained, modelDigest] = [await loadNetwork(path), await sha256OfFile(path)];
    const profile =
      options.profile === undefined ? null : await loadProfile(options.profile, trained, modelDigest);
    const { name, spec } = trained.card;
    const network = foldNetwork(trained, profile?.statistics);
    const faceBnProfile = profile?.header.name ?? null;
    await exportStudent(options.out, network, {
      glimpseVersion: readVersion(),
      modelDigest,
      faceBnProfile,
    });
    return {
      file: options.out,
      bytes: (await stat(options.out)).size,
      model: name,
      modelDigest,
      resolution: spec.resolutionPx,
      inputSize: network.inputSize,
      embeddingSize: spec.embeddingSize,
      faceBnProfile,
    };
  },

  describe({ file, bytes, model, resolution, inputSize, embeddingSize, faceBnProfile }) {
    const upsampled = inputSize === resolution ? '' : `, faces of ${resolution} px upsampled to it (bicubic)`;
    return (
      `${model}, ${faceBnProfile === null ? 'statistics of training' : `FaceBN profile ${faceBnProfile}`}\n` +
      `input [N, 3, ${inputSize}, ${inputSize}], RGB, (v − 127.5) / 127.5${upsampled} → ` +
      `embedding [N, ${embeddingSize}], unit length\n` +
      `${(bytes / 1e6).toFixed(1)} MB → ${file}`
    );
  },
};
