// `glimpse gallery redo`: does a change again that was taken back.

import { ensure } from '../../common/errors.ts';
import { listChanges, redoChange } from '../../gallery/changes/changes.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser } from '../option-parsers.ts';

interface RedoResult {
  readonly gallery: string;
  readonly change: number;
  readonly action: string;
}

export const command: CommandModule<object, RedoResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument(
        '[change]',
        'number of the change (default: the oldest of those taken back since the newest that stands)',
        integerParser(1),
      );
  },

  run: ({ words: [reference, given] }) =>
    withGallery(reference, (gallery) => {
      const changes = listChanges(gallery, Number.MAX_SAFE_INTEGER);
      const standing = changes.findIndex(({ undoneAt }) => undoneAt === null);
      const undone = standing === -1 ? changes : changes.slice(0, standing);
      const wanted = given === undefined ? undone.at(-1) : changes.find(({ id }) => id === Number(given));
      ensure(
        wanted !== undefined,
        'not-found',
        given === undefined ? `${gallery.name} has no change to do again` : `there is no change ${given}`,
      );
      redoChange(gallery, wanted.id);
      return { gallery: gallery.name, change: wanted.id, action: wanted.action };
    }),

  describe: ({ gallery, change, action }) => `${gallery}: change ${change} (${action}) is done again`,
};
