// `glimpse case delete`: a case gone for good, with the crops that only it has.

import type { Command } from 'commander';
import { ensure } from '../../common/errors.ts';
import { findCase } from '../../gallery/cases/cases.ts';
import { deleteCase } from '../../gallery/purge/purge.ts';
import { declareCase } from '../case-state.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';

interface DeleteOptions {
  readonly yes?: boolean;
}

interface DeleteResult {
  readonly gallery: string;
  readonly case: number;
  readonly caseItems: number;
}

export const command: CommandModule<DeleteOptions, DeleteResult> = {
  configure(command: Command) {
    declareCase(command);
    command.option('--yes', 'really do it: nothing brings a deleted case back');
  },

  run: ({ words: [reference, which], options }) =>
    withGallery(reference, (gallery) => {
      const { id, title } = findCase(gallery, which);
      ensure(
        options.yes === true,
        'bad-usage',
        `nothing brings a deleted case back: add --yes to delete case ${id} (${title}), or export it first with \`glimpse case export\``,
      );
      const { caseItems } = deleteCase(gallery, id);
      return { gallery: gallery.name, case: id, caseItems };
    }),

  describe: ({ gallery, case: id, caseItems }) =>
    `case ${id} of ${gallery} is gone with its ${countOf(caseItems, 'item')}`,
};
