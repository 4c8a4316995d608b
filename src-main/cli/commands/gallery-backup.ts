// `glimpse gallery backup`: a whole copy of a gallery in another folder.

import { backUpGallery } from '../../gallery/db/backup.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';
import { parsePath } from '../option-parsers.ts';

interface BackupResult {
  readonly gallery: string;
  readonly folder: string;
  readonly faces: number;
}

export const command: CommandModule<object, BackupResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<folder>', 'a new folder for the copy, best with the ending .gallery', parsePath);
  },

  run: ({ words: [reference, folder], progress }) =>
    withGallery(reference, (gallery) => ({
      gallery: gallery.name,
      folder,
      ...backUpGallery(gallery, folder, progress),
    })),

  describe: ({ gallery, folder, faces }) => `${gallery}: ${countOf(faces, 'face')} copied to ${folder}`,
};
