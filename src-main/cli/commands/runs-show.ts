// `glimpse runs show`: one run's settings, epochs, validation, checkpoint and model card.

import { RunFolder } from '../../engine/training/run-folder.ts';
import { type RunReport, reportOf } from '../../engine/training/run-summary.ts';
import type { CommandModule } from '../command.ts';
import { findRunByName, resumeCommand } from '../engine-options.ts';
import { describeRun } from '../run-lines.ts';

export const command: CommandModule<object, RunReport> = {
  configure(command) {
    command.argument('<run>', 'a run by name, or its folder');
  },

  async run({ words }) {
    return reportOf(await findRunByName(words[0]));
  },

  describe: (report) => describeRun(report, resumeCommand(new RunFolder(report.path))),
};
