// Teachers by name, opened for a job.

import { openOnnxTeacher, type Teacher } from '../../engine/teacher/onnx-teacher.ts';
import { findTeacher } from '../../engine/teacher/teacher-store.ts';

/** Throws `not-found` and `bad-model`. The caller disposes of it. */
export async function openTeacher(dataFolder: string, name: string): Promise<Teacher> {
  const { card, modelPath } = await findTeacher(dataFolder, name);
  return openOnnxTeacher(modelPath, card);
}
