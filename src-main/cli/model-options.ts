// The options that choose what embeds a gallery's faces and its probes.

import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { dataFolder } from '../common/files.ts';
import { loadRuntime } from '../engine/runtime/load.ts';
import {
  type CropEmbedder,
  studentCropEmbedder,
  teacherCropEmbedder,
} from '../processes/enrolment/crop-embedder.ts';
import { openStudent } from '../processes/jobs/student.ts';
import { openTeacherByName } from './engine-options.ts';
import { callerFolder, parsePath } from './option-parsers.ts';

export interface ModelOptions {
  readonly model?: string;
  readonly profile?: string;
  readonly teacher?: string;
}

export function declareModels(command: Command): void {
  command
    .option('--model <run>', 'student for low-resolution faces: a run by name, or a network file')
    .option('--profile <file>', 'FaceBN profile of that student', parsePath)
    .option('--teacher <name>', 'teacher for faces in full resolution');
}

/** The student's embedder and the teacher's, as far as they were named. The caller disposes of them. */
export async function openEmbedders({ model, profile, teacher }: ModelOptions): Promise<CropEmbedder[]> {
  const embedders: CropEmbedder[] = [];
  if (model !== undefined) {
    const runtime = loadRuntime();
    const folders = { dataFolder: dataFolder(), callerFolder: callerFolder(), profilePath: profile ?? null };
    const student = await openStudent(runtime, model, folders);
    const content = profile === undefined ? null : await readFile(profile);
    embedders.push(studentCropEmbedder(runtime, student, content));
    student.dispose();
  }
  if (teacher !== undefined) embedders.push(teacherCropEmbedder(await openTeacherByName(teacher)));
  return embedders;
}
