// `glimpse case close`: a case that takes nothing more until it is reopened.

import { type CaseState, changeCaseState, declareCase } from '../case-state.ts';
import type { CommandModule } from '../command.ts';

export const command: CommandModule<object, CaseState> = {
  configure: declareCase,
  run: ({ words }) => changeCaseState(words, 'closed'),
  describe: ({ gallery, case: id, state }) => `case ${id} of ${gallery} is ${state}`,
};
