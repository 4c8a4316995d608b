// `glimpse case note`: a note into a case.

import { addNote, findCase } from '../../gallery/cases/cases.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';

interface NoteResult {
  readonly gallery: string;
  readonly case: number;
  readonly item: number;
}

export const command: CommandModule<object, NoteResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<case>', 'a case by title or number')
      .argument('<text>', 'the note');
  },

  run: ({ words: [reference, which, text] }) =>
    withGallery(reference, (gallery) => {
      const { id } = findCase(gallery, which);
      return { gallery: gallery.name, case: id, item: addNote(gallery, id, text) };
    }),

  describe: ({ gallery, case: id, item }) => `note ${item} added to case ${id} of ${gallery}`,
};
