// `glimpse case decide`: what a result of a search is, by whoever is at the keyboard.

import { Argument } from 'commander';
import type { DecisionBody } from '../../gallery/cases/case-items.ts';
import { decide, findCase, VERDICTS } from '../../gallery/cases/cases.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { integerParser } from '../option-parsers.ts';

interface DecideOptions {
  readonly search?: number;
  readonly rank: number;
  readonly note: string;
}

interface DecideResult {
  readonly gallery: string;
  readonly case: number;
  readonly item: number;
  readonly rank: number;
  readonly verdict: DecisionBody['verdict'];
}

export const command: CommandModule<DecideOptions, DecideResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<case>', 'a case by title or number')
      .addArgument(
        new Argument('<verdict>', 'what it is; withdrawn takes the last decision back').choices([
          ...VERDICTS,
          'withdrawn',
        ]),
      )
      .requiredOption('--rank <number>', 'the result by its rank', integerParser(1))
      .option(
        '--search <item>',
        'which search of the case, by its number (default: the last)',
        integerParser(1),
      )
      .option('--note <text>', 'why', '');
  },

  run: ({ words: [reference, which, word], options: { search = null, rank, note } }) =>
    withGallery(reference, (gallery) => {
      const { id } = findCase(gallery, which);
      const verdict = word as DecisionBody['verdict'];
      const item = decide(gallery, id, { verdict, searchItem: search, rank, note });
      return { gallery: gallery.name, case: id, item, rank, verdict };
    }),

  describe: ({ case: id, item, rank, verdict }) =>
    `case ${id}: result ${rank} is ${verdict} (decision ${item})`,
};
