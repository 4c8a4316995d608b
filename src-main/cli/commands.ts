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
  {
    path: 'train',
    summary: 'train a low-resolution student from a folder of faces and a teacher',
    needsEngine: true,
    load: async () => (await import('./commands/train.ts')).command,
  },
  {
    path: 'adapt',
    summary: 'estimate a FaceBN profile of a student on a folder of faces',
    needsEngine: true,
    load: async () => (await import('./commands/adapt.ts')).command,
  },
  {
    path: 'verify',
    summary: 'verify LFW pairs: accuracy, AUC, EER, TAR@FAR of a student or of the teacher',
    needsEngine: true,
    load: async () => (await import('./commands/verify.ts')).command,
  },
  {
    path: 'bench',
    summary: 'measure speed beside a baseline in the same run: train, embed, mining',
    needsEngine: true,
    load: async () => (await import('./commands/bench.ts')).command,
  },
];
