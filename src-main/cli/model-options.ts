// The options that choose what embeds a gallery's faces and its probes.

import type { Command } from 'commander';
import { dataFolder, sha256OfFile } from '../common/files.ts';
import { readWhole } from '../common/tensor-file.ts';
import type { ProfileFile } from '../engine/adaptation/profile-file.ts';
import { loadRuntime } from '../engine/runtime/load.ts';
import { profileByDigest } from '../gallery/db/queries/profiles.ts';
import { activeSpace } from '../gallery/db/queries/spaces.ts';
import type { Gallery } from '../gallery/gallery.ts';
import {
  type CropEmbedder,
  studentCropEmbedder,
  teacherCropEmbedder,
} from '../processes/enrolment/crop-embedder.ts';
import { findStudentFile, openStudent } from '../processes/jobs/student.ts';
import { openTeacherByName } from './engine-options.ts';
import { callerFolder, parsePath } from './option-parsers.ts';

export interface ModelOptions {
  readonly model?: string;
  /** False: the student as it was trained. */
  readonly profile?: string | false;
  readonly teacher?: string;
}

export function declareModels(command: Command): void {
  command
    .option('--model <run>', 'student for low-resolution faces: a run by name, or a network file')
    .option(
      '--profile <file>',
      'FaceBN profile of that student; by default the one that the gallery answers by',
      parsePath,
    )
    .option('--no-profile', 'the student as it was trained')
    .option('--teacher <name>', 'teacher for faces in full resolution');
}

/**
 * The student's embedder and the teacher's, as far as they were named; where no profile is named, with the one that a calibrated
 * gallery answers by. The caller disposes of them.
 */
export async function openEmbedders(
  { model, profile, teacher }: ModelOptions,
  gallery: Gallery | null,
): Promise<CropEmbedder[]> {
  const embedders: CropEmbedder[] = [];
  if (model !== undefined) {
    const runtime = loadRuntime();
    const folders = { dataFolder: dataFolder(), callerFolder: callerFolder() };
    const file = await profileFile(profile, model, gallery);
    const student = await openStudent(runtime, model, { ...folders, profile: file });
    embedders.push(studentCropEmbedder(runtime, student, file?.content ?? null));
    student.dispose();
  }
  if (teacher !== undefined) embedders.push(teacherCropEmbedder(await openTeacherByName(teacher)));
  return embedders;
}

async function profileFile(
  profile: string | false | undefined,
  model: string,
  gallery: Gallery | null,
): Promise<ProfileFile | null> {
  if (typeof profile === 'string') return { name: profile, content: await readWhole(profile) };
  if (profile === false || gallery === null) return null;
  const space = activeSpace(gallery.database, 'lr');
  if (space === null || space.profileDigest === null) return null;
  const digest = await sha256OfFile(await findStudentFile(model, dataFolder(), callerFolder()));
  if (digest !== space.modelDigest) return null;
  const stored = profileByDigest(gallery.database, space.profileDigest);
  return stored && { name: `profile ${stored.name} of ${gallery.name}`, content: stored.content };
}
