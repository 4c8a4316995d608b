// All models of a data folder with their cards, and what hangs on each: teachers, students, FaceBN profiles.

import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GlimpseError } from '../../common/errors.ts';
import { sha256OfFile } from '../../common/files.ts';
import type { Dependant, ModelList, ProfileCard, StudentCard, TeacherCard } from '../../contract/models.ts';
import { readProfileHeader } from '../../engine/adaptation/profile-file.ts';
import { readModelCard } from '../../engine/models/student-file.ts';
import { listTeachers } from '../../engine/teacher/teacher-store.ts';
import { listRuns, type RunFolder } from '../../engine/training/run-folder.ts';
import { overviewOf } from '../../engine/training/run-summary.ts';

type Bare<Card> = Omit<Card, 'usedBy'>;
type BareStudent = Bare<StudentCard> & { readonly teacherDigest: string | null };

export async function listModels(dataFolder: string): Promise<ModelList> {
  const problems: string[] = [];
  const students = await readAll(await finishedRuns(dataFolder), readStudent, problems);
  const profiles = await readAll(await profilePaths(dataFolder), readProfile, problems);
  const teachers = await readAll(await listTeachers(dataFolder), readTeacher, problems);
  return {
    teachers: teachers.map((card) => ({
      ...card,
      usedBy: students
        .filter(({ teacherDigest }) => teacherDigest === card.digest)
        .map(({ name }): Dependant => ({ kind: 'student', name })),
    })),
    students: students.map(({ teacherDigest: _, ...card }) => ({
      ...card,
      usedBy: profiles
        .filter(({ studentDigest }) => studentDigest === card.digest)
        .map(({ name }): Dependant => ({ kind: 'profile', name })),
    })),
    profiles,
    problems,
  };
}

/** Damaged files become a line in `problems`; the others are listed all the same. */
async function readAll<Source, Card>(
  sources: readonly Source[],
  read: (source: Source) => Promise<Card>,
  problems: string[],
): Promise<Card[]> {
  const cards: Card[] = [];
  for (const source of sources) {
    try {
      cards.push(await read(source));
    } catch (error) {
      if (!(error instanceof GlimpseError)) throw error;
      problems.push(error.message);
    }
  }
  return cards;
}

async function finishedRuns(dataFolder: string): Promise<RunFolder[]> {
  return (await listRuns(dataFolder)).filter((run) => existsSync(run.networkPath));
}

async function profilePaths(dataFolder: string): Promise<string[]> {
  const folder = join(dataFolder, 'profiles');
  if (!existsSync(folder)) return [];
  return (await readdir(folder))
    .filter((name) => name.endsWith('.glimpse'))
    .sort()
    .map((name) => join(folder, name));
}

async function readStudent(run: RunFolder): Promise<BareStudent> {
  const { spec, trainedOn, teacherName, teacherDigest, epochs, createdAt } = await readModelCard(
    run.networkPath,
  );
  const { root, images, identities } = trainedOn;
  const { settings } = await run.readConfig();
  return {
    role: 'student',
    name: run.name,
    digest: await sha256OfFile(run.networkPath),
    depth: spec.depth,
    resolutionPx: spec.resolutionPx,
    widthFactor: spec.widthFactor,
    embeddingSize: spec.embeddingSize,
    trainedOn: { root, images, identities },
    teacherName,
    teacherDigest,
    epochs,
    createdAt,
    lastValidation: (await overviewOf(run)).lastValidation,
    settings,
    sizeBytes: (await stat(run.networkPath)).size,
  };
}

async function readTeacher(
  teacher: Awaited<ReturnType<typeof listTeachers>>[number],
): Promise<Bare<TeacherCard>> {
  const { card, modelPath, isDefault } = teacher;
  const { name, digest, source, licence, inputSizePx, channelOrder } = card;
  const { pixelMean, pixelScale, embeddingSize, batchSize } = card;
  return {
    role: 'teacher',
    name,
    digest,
    source,
    licence,
    inputSizePx,
    channelOrder,
    pixelMean,
    pixelScale,
    embeddingSize,
    batchSize,
    isDefault,
    sizeBytes: (await stat(modelPath)).size,
  };
}

async function readProfile(path: string): Promise<ProfileCard> {
  const { name, studentDigest, source, faces, settings, createdAt } = await readProfileHeader(path);
  return { name, studentDigest, source, faces, mode: settings.mode, createdAt };
}
