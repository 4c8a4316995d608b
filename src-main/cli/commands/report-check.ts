// `glimpse report check`: is every number of a result what its scores say?

import { GlimpseError } from '../../common/errors.ts';
import { checkReport, type ReportCheck } from '../../reports/benchmark/check-report.ts';
import { readReport } from '../../reports/benchmark/read-report.ts';
import type { CommandModule } from '../command.ts';
import { parsePath } from '../option-parsers.ts';

const SHOWN = 3;

export const command: CommandModule<object, ReportCheck> = {
  configure(command) {
    command.argument('<result.json>', 'what `glimpse benchmark` wrote', parsePath);
  },

  async run({ words: [path] }) {
    const check = checkReport(await readReport(path));
    const { differences } = check;
    if (differences.length === 0) return check;
    const more = differences.length > SHOWN ? `; … ${differences.length - SHOWN} more` : '';
    throw new GlimpseError(
      'bad-data',
      `${path} does not agree with its own scores: ${differences.slice(0, SHOWN).join('; ')}${more}`,
    );
  },

  describe: ({ cells, numbers }) =>
    `${numbers} numbers of ${cells} cells agree with the scores they come from`,
};
