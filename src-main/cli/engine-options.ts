// Options that several engine commands share, and how they become teachers and folders.

import { dirname } from 'node:path';
import { Option } from 'commander';
import { GlimpseError } from '../common/errors.ts';
import { cacheFolderOf, dataFolder } from '../common/files.ts';
import { DEFAULT_TEACHER } from '../engine/teacher/default-teacher.ts';
import type { Teacher } from '../engine/teacher/onnx-teacher.ts';
import { findRun, type RunFolder, runNames, runsFolder } from '../engine/training/run-folder.ts';
import { openTeacher } from '../processes/jobs/teachers.ts';
import { callerFolder } from './option-parsers.ts';

export function teacherOption(): Option {
  return new Option('--teacher <name>', 'teacher by name, as `teacher list` shows').default(
    DEFAULT_TEACHER.name,
  );
}

/** Opens a teacher by name. The caller disposes of it. */
export function openTeacherByName(name: string): Promise<Teacher> {
  return openTeacher(dataFolder(), name);
}

/** Everything that can be made again: views, teacher embeddings, mined relations. */
export function cacheFolder(): string {
  return cacheFolderOf(dataFolder());
}

/** A run by name or by its folder. Throws `not-found` with the names there are. */
export async function findRunByName(reference: string): Promise<RunFolder> {
  const run = findRun(reference, dataFolder(), callerFolder());
  if (run !== null) return run;
  throw new GlimpseError('not-found', `there is no run ${reference} (runs: ${await runNames(dataFolder())})`);
}

/** What to type to go on with a run. */
export function resumeCommand(run: RunFolder): string {
  const isNamed = dirname(run.path) === runsFolder(dataFolder());
  return `glimpse train --resume --run ${isNamed ? run.name : run.path}`;
}
