// The command line's composition root: `npm run -s glimpse -- …`.

import { COMMANDS, GROUPS } from './cli/commands.ts';
import { enterEngineEnvironment } from './cli/engine-environment.ts';
import { runCommandLine } from './cli/main.ts';

process.exitCode = await runCommandLine({
  words: process.argv.slice(2),
  commands: COMMANDS,
  groups: GROUPS,
  enterEngineEnvironment,
  stdout: process.stdout,
  stderr: process.stderr,
});
