// `glimpse gallery merge`: subjects that are one person become one.

import { mergeSubjects } from '../../gallery/changes/changes.ts';
import { describeSubject, findSubject } from '../../gallery/db/queries/find-subject.ts';
import { type ChangeReport, changeReport, describeChange, describeSubjectNow } from '../change-report.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';

export const command: CommandModule<object, ChangeReport> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<subject>', 'the subject that stays, by name or number')
      .argument('<others...>', 'the subjects that become part of it');
  },

  run: ({ words: [reference, ...subjects] }) =>
    withGallery(reference, (gallery) => {
      const [kept, ...others] = subjects.map((subject) => findSubject(gallery.database, subject));
      const change = mergeSubjects(gallery, kept.id, [...new Set(others.map(({ id }) => id))]);
      const merged = others.map(describeSubject).join(' and ');
      return changeReport(
        gallery,
        change,
        `${merged} became part of ${describeSubjectNow(gallery, kept.id)}`,
      );
    }),

  describe: describeChange,
};
