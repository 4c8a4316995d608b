// `glimpse case list`: the cases of a gallery.

import { textTable } from '../../evaluation/report-lines.ts';
import { type CaseSummary, listCases } from '../../gallery/cases/cases.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';

interface ListResult {
  readonly gallery: string;
  readonly cases: readonly CaseSummary[];
}

export const command: CommandModule<object, ListResult> = {
  configure(command) {
    command.argument('<gallery>', 'a gallery by name or folder');
  },

  run: ({ words }) =>
    withGallery(words[0], (gallery) => {
      const cases = listCases(gallery);
      gallery.change(() => gallery.record('cases.listed', { cases: cases.length }));
      return { gallery: gallery.name, cases };
    }),

  describe({ gallery, cases }) {
    if (cases.length === 0) return `${gallery}: no cases yet: \`glimpse case create ${gallery} …\``;
    const rows = cases.map(({ id, title, state, searches, decisions, createdBy, createdAt }) => [
      String(id),
      title,
      state,
      String(searches),
      String(decisions),
      createdBy,
      new Date(createdAt).toISOString().slice(0, 10),
    ]);
    return textTable(['case', 'title', 'state', 'searches', 'decisions', 'by', 'since'], rows).join('\n');
  },
};
