// `glimpse gallery changes`: what was changed by hand, newest first.

import { textTable } from '../../evaluation/report-lines.ts';
import { type ChangeRecord, listChanges } from '../../gallery/changes/changes.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser } from '../option-parsers.ts';

interface ChangesOptions {
  readonly limit: number;
}

interface ChangesResult {
  readonly gallery: string;
  readonly changes: readonly ChangeRecord[];
}

export const command: CommandModule<ChangesOptions, ChangesResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .option('--limit <count>', 'how many at most', integerParser(1, 100_000), 50);
  },

  run: ({ words: [reference], options }) =>
    withGallery(reference, (gallery) => ({
      gallery: gallery.name,
      changes: listChanges(gallery, options.limit),
    })),

  describe({ gallery, changes }) {
    if (changes.length === 0) return `${gallery}: nothing was changed by hand`;
    const moment = (at: number): string => new Date(at).toISOString().slice(0, 19);
    const rows = changes.map(({ id, at, actor, action, undoneAt }) => [
      ...[String(id), moment(at), actor, action],
      undoneAt === null ? 'stands' : `taken back ${moment(undoneAt)}`,
    ]);
    return textTable(['change', 'when', 'by', 'action', 'state'], rows).join('\n');
  },
};
