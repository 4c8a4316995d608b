// `glimpse gallery undo`: takes a change by hand back, exactly.

import { ensure } from '../../common/errors.ts';
import { listChanges, undoChange } from '../../gallery/changes/changes.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser } from '../option-parsers.ts';

interface UndoResult {
  readonly gallery: string;
  readonly change: number;
  readonly action: string;
}

export const command: CommandModule<object, UndoResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('[change]', 'number of the change (default: the newest that stands)', integerParser(1));
  },

  run: ({ words: [reference, given] }) =>
    withGallery(reference, (gallery) => {
      const changes = listChanges(gallery, Number.MAX_SAFE_INTEGER);
      const wanted = given === undefined ? null : Number(given);
      const change = changes.find(({ id, undoneAt }) =>
        wanted === null ? undoneAt === null : id === wanted,
      );
      ensure(
        change !== undefined,
        'not-found',
        wanted === null ? `${gallery.name} has no change to take back` : `there is no change ${wanted}`,
      );
      undoChange(gallery, change.id);
      return { gallery: gallery.name, change: change.id, action: change.action };
    }),

  describe: ({ gallery, change, action }) =>
    `${gallery}: change ${change} (${action}) is taken back; \`glimpse gallery redo ${gallery} ${change}\` does it again`,
};
