// Options that several engine commands share, and how they become teachers and folders.

import { join } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { dataFolder } from '../common/files.ts';
import { openOnnxTeacher, type Teacher } from '../engine/teacher/onnx-teacher.ts';
import { findTeacher } from '../engine/teacher/teacher-store.ts';

export function teacherOption(): Option {
  return new Option('--teacher <name>', 'teacher by name, as `teacher list` shows').default('faceplugin');
}

/** Adds an option made elsewhere; commander's own method under the name used here. */
export function addOptions(command: Command, options: readonly Option[]): void {
  for (const option of options) command.addOption(option);
}

/** Opens a teacher by name. The caller disposes of it. */
export async function openTeacherByName(name: string): Promise<Teacher> {
  const { card, modelPath } = await findTeacher(dataFolder(), name);
  return openOnnxTeacher(modelPath, card);
}

/** Everything that can be made again: views, teacher embeddings, mined relations. */
export function cacheFolder(): string {
  return join(dataFolder(), 'cache');
}
