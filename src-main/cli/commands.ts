// The table of commands, in the order in which --help lists them. Modules load when called.

import type { CommandEntry, CommandGroups } from './command.ts';

export const GROUPS: CommandGroups = {
  dataset: 'look at folders of faces',
  teacher: 'models that students learn from',
  runs: 'training runs and how far they came',
  gallery: 'faces to search among',
  audit: 'what was done with a gallery',
};

export const COMMANDS: readonly CommandEntry[] = [
  {
    path: 'doctor',
    summary: 'report runtime versions, device, speed, teacher and data folder',
    needsEngine: true,
    load: async () => (await import('./commands/doctor.ts')).command,
  },
  {
    path: 'dataset inspect',
    summary: 'count identities and images, name unreadable files, check LFW pairs',
    needsEngine: false,
    load: async () => (await import('./commands/dataset-inspect.ts')).command,
  },
  {
    path: 'teacher list',
    summary: 'list teachers with input, normalisation and licence',
    needsEngine: false,
    load: async () => (await import('./commands/teacher-list.ts')).command,
  },
  {
    path: 'teacher import',
    summary: 'take an ONNX face model in, after a dry run',
    needsEngine: false,
    load: async () => (await import('./commands/teacher-import.ts')).command,
  },
  {
    path: 'train',
    summary: 'train a low-resolution student from a folder of faces and a teacher',
    needsEngine: true,
    load: async () => (await import('./commands/train.ts')).command,
  },
  {
    path: 'runs list',
    summary: 'list training runs: epochs, accuracy, state',
    needsEngine: false,
    load: async () => (await import('./commands/runs-list.ts')).command,
  },
  {
    path: 'runs show',
    summary: 'show a run: settings, epochs, validation, checkpoint, model card',
    needsEngine: false,
    load: async () => (await import('./commands/runs-show.ts')).command,
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
    summary:
      'measure speed beside a baseline in the same run: train, embed, mining, detect, search, enrol, busy',
    needsEngine: true,
    load: async () => (await import('./commands/bench.ts')).command,
  },
  {
    path: 'export',
    summary: 'write a student as an ONNX file, batch norms folded in',
    needsEngine: false,
    load: async () => (await import('./commands/export.ts')).command,
  },
  {
    path: 'gallery create',
    summary: 'make an empty gallery',
    needsEngine: false,
    load: async () => (await import('./commands/gallery-create.ts')).command,
  },
  {
    path: 'gallery list',
    summary: 'list galleries: faces, subjects, embedding spaces',
    needsEngine: false,
    load: async () => (await import('./commands/gallery-list.ts')).command,
  },
  {
    path: 'gallery enrol',
    summary: 'enrol pictures from a folder, a manifest or by name',
    needsEngine: true,
    load: async () => (await import('./commands/gallery-enrol.ts')).command,
  },
  {
    path: 'gallery calibrate',
    summary: "adapt the student to a gallery's faces (FaceBN) and embed them anew",
    needsEngine: true,
    load: async () => (await import('./commands/gallery-calibrate.ts')).command,
  },
  {
    path: 'gallery embed',
    summary: 'embed every enrolled face by another model, from the stored crops',
    needsEngine: true,
    load: async () => (await import('./commands/gallery-embed.ts')).command,
  },
  {
    path: 'gallery search',
    summary: 'find the person of a picture among the faces of a gallery',
    needsEngine: true,
    load: async () => (await import('./commands/gallery-search.ts')).command,
  },
  {
    path: 'gallery recheck',
    summary: 'measure what scores mean here, and list labels that look wrong',
    needsEngine: true,
    load: async () => (await import('./commands/gallery-recheck.ts')).command,
  },
  {
    path: 'identify',
    summary: 'measure how well a gallery finds its own people again: rank 1, rank 10, FNIR',
    needsEngine: false,
    load: async () => (await import('./commands/identify.ts')).command,
  },
  {
    path: 'gallery verify',
    summary: 'check a gallery: database, crops, embeddings, audit chain',
    needsEngine: false,
    load: async () => (await import('./commands/gallery-verify.ts')).command,
  },
  {
    path: 'gallery backup',
    summary: 'copy a whole gallery to another folder',
    needsEngine: false,
    load: async () => (await import('./commands/gallery-backup.ts')).command,
  },
  {
    path: 'gallery list-faces',
    summary: 'list faces with subject, track, camera, time and quality',
    needsEngine: false,
    load: async () => (await import('./commands/gallery-list-faces.ts')).command,
  },
  {
    path: 'gallery purge',
    summary: 'remove a subject, old faces or everything for good',
    needsEngine: false,
    load: async () => (await import('./commands/gallery-purge.ts')).command,
  },
  {
    path: 'audit show',
    summary: 'list what was done with a gallery, by whom and when',
    needsEngine: false,
    load: async () => (await import('./commands/audit-show.ts')).command,
  },
  {
    path: 'audit verify',
    summary: 'check that the audit log is the one that was written',
    needsEngine: false,
    load: async () => (await import('./commands/audit-verify.ts')).command,
  },
];
