// `glimpse gallery rename`: another name for a subject, or none.

import { ensure } from '../../common/errors.ts';
import { renameSubject } from '../../gallery/changes/changes.ts';
import { describeSubject, findSubject } from '../../gallery/db/queries/find-subject.ts';
import { type ChangeReport, changeReport, describeChange } from '../change-report.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';

interface RenameOptions {
  readonly unname: boolean;
}

export const command: CommandModule<RenameOptions, ChangeReport> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<subject>', 'a subject by name or number')
      .argument('[name]', 'the new name')
      .option('--unname', 'take the name away: the person stays together, without a name', false);
  },

  run: ({ words: [reference, subject, name], options }) =>
    withGallery(reference, (gallery) => {
      ensure(
        (name !== undefined) !== options.unname,
        'bad-usage',
        'rename needs a new name, or --unname to take the name away',
      );
      ensure(name === undefined || name.trim() !== '', 'bad-usage', 'a name has at least one letter');
      const before = findSubject(gallery.database, subject);
      const change = renameSubject(gallery, before.id, name?.trim() ?? null);
      const after = options.unname ? 'has no name any more' : `is now called ${JSON.stringify(name.trim())}`;
      return changeReport(gallery, change, `${describeSubject(before)} ${after}`);
    }),

  describe: describeChange,
};
