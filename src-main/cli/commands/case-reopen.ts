// `glimpse case reopen`: a case that takes searches, notes and decisions again.

import { type CaseState, changeCaseState, declareCase } from '../case-state.ts';
import type { CommandModule } from '../command.ts';

export const command: CommandModule<object, CaseState> = {
  configure: declareCase,
  run: ({ words }) => changeCaseState(words, 'open'),
  describe: ({ gallery, case: id, state }) => `case ${id} of ${gallery} is ${state}`,
};
