// `glimpse audit verify`: whether a gallery's audit log is the one that was written.

import { GlimpseError } from '../../common/errors.ts';
import { type AuditVerdict, verifyAudit } from '../../gallery/audit/audit-log.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';

export const command: CommandModule<object, AuditVerdict> = {
  configure(command) {
    command.argument('<gallery>', 'a gallery by name or folder');
  },

  async run({ words }) {
    const verdict = await withGallery(words[0], ({ database }) => verifyAudit(database));
    if (verdict.problem !== null)
      throw new GlimpseError(
        'bad-data',
        `the audit log of ${words[0]} is not as it was written: ${verdict.problem}`,
      );
    return verdict;
  },

  describe: ({ entries, head }) =>
    `the chain of ${countOf(entries, 'entry', 'entries')} holds\nhead ${head}: write it down elsewhere, and a log rewritten as a whole shows too`,
};
