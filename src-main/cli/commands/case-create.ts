// `glimpse case create`: an empty case in a gallery.

import type { CaseRecord } from '../../gallery/cases/case-items.ts';
import { addNote, createCase } from '../../gallery/cases/cases.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';

interface CreateOptions {
  readonly note?: string;
}

interface CreateResult extends CaseRecord {
  readonly gallery: string;
}

export const command: CommandModule<CreateOptions, CreateResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<title>', 'what the case is called')
      .option('--note <text>', 'its first note');
  },

  run: ({ words: [reference, title], options: { note } }) =>
    withGallery(reference, (gallery) => {
      const created = gallery.change(() => {
        const record = createCase(gallery, title);
        if (note !== undefined) addNote(gallery, record.id, note);
        return record;
      });
      return { gallery: gallery.name, ...created };
    }),

  describe: ({ gallery, id, title }) =>
    `case ${id} of ${gallery}: ${title}\nadd to it with \`glimpse gallery search ${gallery} … --case ${id}\``,
};
