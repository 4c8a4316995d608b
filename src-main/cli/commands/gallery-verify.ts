// `glimpse gallery verify`: whether a gallery is whole.

import { GlimpseError } from '../../common/errors.ts';
import { checkIntegrity, type IntegrityReport } from '../../gallery/db/integrity.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';

export const command: CommandModule<object, IntegrityReport> = {
  configure(command) {
    command.argument('<gallery>', 'a gallery by name or folder');
  },

  async run({ words, progress, note }) {
    const report = await withGallery(words[0], (gallery) => checkIntegrity(gallery, progress));
    for (const problem of report.problems) note(problem);
    const [first, ...others] = report.problems;
    if (first === undefined) return report;
    const more = others.length === 0 ? '' : ` (and ${others.length} more problems above)`;
    throw new GlimpseError('bad-data', `${words[0]} is not whole: ${first}${more}`);
  },

  describe: ({ faces, embeddings, cases, audit }) =>
    `whole: ${countOf(faces, 'face')} with crops, ${countOf(embeddings, 'embedding')}, ${countOf(cases, 'case')}, ${countOf(audit.entries, 'audit entry', 'audit entries')}\naudit head ${audit.head}`,
};
