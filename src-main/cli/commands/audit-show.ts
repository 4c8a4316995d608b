// `glimpse audit show`: what was done with a gallery, by whom and when.

import { textTable } from '../../evaluation/report-lines.ts';
import { type AuditEntry, readAudit } from '../../gallery/audit/audit-log.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser } from '../option-parsers.ts';

interface ShowOptions {
  readonly after: number;
  readonly limit: number;
}

interface ShowResult {
  readonly gallery: string;
  readonly entries: readonly AuditEntry[];
}

export const command: CommandModule<ShowOptions, ShowResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .option('--after <entry>', 'start after this entry', integerParser(0), 0)
      .option('--limit <count>', 'entries of a page', integerParser(1, 1_000_000), 100);
  },

  run: ({ words, options }) =>
    withGallery(words[0], ({ name, database }) => ({ gallery: name, entries: readAudit(database, options) })),

  describe({ entries }) {
    const rows = entries.map(({ sequence, at, actor, action, body }) => [
      String(sequence),
      new Date(at).toISOString().slice(0, 19),
      actor,
      action,
      JSON.stringify(body),
    ]);
    return textTable(['entry', 'at', 'who', 'what', 'details'], rows).join('\n');
  },
};
