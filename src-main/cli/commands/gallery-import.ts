// `glimpse gallery import`: an export as a new gallery, or into one that is there.

import { ensure } from '../../common/errors.ts';
import { type ImportReport, importAsNew, importInto } from '../../processes/exports/gallery-import.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { acting, folderOfGallery, withGallery } from '../gallery-options.ts';
import { parsePath } from '../option-parsers.ts';

interface ImportOptions {
  readonly into?: string;
}

export const command: CommandModule<ImportOptions, ImportReport> = {
  configure(command) {
    command
      .argument('<export>', 'a folder or .zip that `gallery export` has written', parsePath)
      .argument('[gallery]', 'the new gallery: a name, or a folder that ends in .gallery')
      .option('--into <gallery>', 'add to this gallery, by name or folder, instead');
  },

  async run({ words: [source, reference], options: { into }, progress }) {
    ensure(
      (reference === undefined) !== (into === undefined),
      'bad-usage',
      'import needs the name of a new gallery, or --into one that is there',
    );
    if (into !== undefined) return withGallery(into, (gallery) => importInto(gallery, source, progress));
    return importAsNew(source, folderOfGallery(reference), acting(), progress);
  },

  describe: ({ gallery, faces, sources, subjects, duplicates, folder }) =>
    [
      `${gallery}: ${countOf(faces, 'face')} of ${countOf(sources, 'file')} and ${countOf(subjects, 'new subject')} imported`,
      ...(duplicates > 0
        ? [
            `${countOf(duplicates, 'file')} ${duplicates === 1 ? 'was' : 'were'} there already (same content) and left out`,
          ]
        : []),
      folder,
    ].join('\n'),
};
