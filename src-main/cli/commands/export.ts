// `glimpse export`: a trained student as an ONNX file with its batch norms folded in, to be run anywhere.

import { dataFolder } from '../../common/files.ts';
import { readVersion } from '../../common/version.ts';
import { type ExportReport, runExport } from '../../processes/jobs/export-job.ts';
import { findStudentFile } from '../../processes/jobs/student.ts';
import type { CommandModule } from '../command.ts';
import { callerFolder, parsePath } from '../option-parsers.ts';

interface ExportOptions {
  readonly out: string;
  readonly profile?: string;
}

export const command: CommandModule<ExportOptions, ExportReport> = {
  configure(command) {
    command
      .argument('<run>', 'a run by name, or a student file')
      .requiredOption('--out <file.onnx>', 'where it goes', parsePath)
      .option('--profile <file>', 'fold in the statistics of this FaceBN profile', parsePath);
  },

  async run({ words, options }) {
    return runExport({
      studentPath: await findStudentFile(words[0], dataFolder(), callerFolder()),
      outPath: options.out,
      profilePath: options.profile ?? null,
      glimpseVersion: readVersion(),
    });
  },

  describe({ file, bytes, model, resolution, embeddingSize, faceBnProfile }) {
    return (
      `${model}, ${faceBnProfile === null ? 'statistics of training' : `FaceBN profile ${faceBnProfile}`}\n` +
      `input [N, 3, ${resolution}, ${resolution}], RGB, (v − 127.5) / 127.5 → ` +
      `embedding [N, ${embeddingSize}], unit length\n` +
      `${(bytes / 1e6).toFixed(1)} MB → ${file}`
    );
  },
};
