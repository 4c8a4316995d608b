// `glimpse gallery export`: a whole gallery as files that others can read, in a folder or one .zip.

import { exportGallery } from '../../processes/exports/gallery-export.ts';
import type { PackageReport } from '../../processes/exports/package-writer.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';
import { parsePath } from '../option-parsers.ts';

interface ExportOptions {
  readonly force: boolean;
}

interface ExportResult extends PackageReport {
  readonly gallery: string;
  readonly faces: number;
}

export const command: CommandModule<ExportOptions, ExportResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<target>', 'a new folder, or a file that ends in .zip', parsePath)
      .option('--force', 'replace an earlier export of a gallery there', false);
  },

  run: ({ words: [reference, target], options, progress }) =>
    withGallery(reference, async (gallery) => ({
      gallery: gallery.name,
      ...(await exportGallery(gallery, target, options, progress)),
    })),

  describe: ({ gallery, faces, target, files, manifestSha256 }) =>
    `${gallery}: ${countOf(faces, 'face')} in ${countOf(files, 'file')} in ${target}\nmanifest ${manifestSha256}: write it down elsewhere, and it vouches for every file`,
};
