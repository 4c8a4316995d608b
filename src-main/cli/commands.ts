// The table of commands, in the order in which --help lists them. Modules load when called.

import type { CommandEntry, CommandGroups } from './command.ts';

export const GROUPS: CommandGroups = {};

export const COMMANDS: readonly CommandEntry[] = [
  {
    path: 'doctor',
    summary: 'report runtime versions, device, speed, teacher and data folder',
    needsEngine: true,
    load: async () => (await import('./commands/doctor.ts')).command,
  },
];
