// `glimpse case export`: a case as a page, JSON and crops, in a folder or one .zip.

import { findCase } from '../../gallery/cases/cases.ts';
import { exportCase } from '../../processes/exports/case-export.ts';
import type { PackageReport } from '../../processes/exports/package-writer.ts';
import { declareCase } from '../case-state.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';
import { parsePath } from '../option-parsers.ts';

interface ExportOptions {
  readonly force: boolean;
}

interface ExportResult extends PackageReport {
  readonly gallery: string;
  readonly case: number;
}

export const command: CommandModule<ExportOptions, ExportResult> = {
  configure(command) {
    declareCase(command);
    command
      .argument('<target>', 'a new folder, or a file that ends in .zip', parsePath)
      .option('--force', 'replace an earlier export of a case there', false);
  },

  run: ({ words: [reference, which, target], options, progress }) =>
    withGallery(reference, async (gallery) => {
      const record = findCase(gallery, which);
      const report = await exportCase(gallery, record, target, options, progress);
      return { gallery: gallery.name, case: record.id, ...report };
    }),

  describe: ({ case: id, target, files, manifestSha256 }) =>
    `case ${id}: ${countOf(files, 'file')} in ${target}\nmanifest ${manifestSha256}: write it down elsewhere, and it vouches for every file`,
};
