// A folder with all that a small training needs: faces, an LFW folder, a data folder with an imported tiny teacher.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { importTeacher } from '../../src-main/engine/teacher/teacher-store.ts';
import { makeIdentityFolders, makeLfwFolder } from './made-faces.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { tinyTeacher } from './tiny-teacher.ts';

export interface TrainingBench {
  readonly folder: string;
  /** GLIMPSE_HOME; holds the teacher `tiny`. */
  readonly home: string;
  /** 14 identities of 6 images. */
  readonly faces: string;
  /** 2 folds of 8 pairs. */
  readonly lfw: string;
  readonly teacherModel: string;
}

/** What a run of the bench is trained with: 21 steps in each of 3 epochs. */
export const SMALL_TRAINING = [
  ...['--teacher', 'tiny', '--width', '0.0625', '--epochs', '3', '--batch', '4'],
  ...['--views', '2', '--negatives', '8', '--seed', '5'],
];

/** The folder goes when the test ends. */
export async function trainingBench(test: TestContext): Promise<TrainingBench> {
  const folder = await temporaryFolder(test);
  const bench = {
    folder,
    home: join(folder, 'home'),
    faces: join(folder, 'faces'),
    lfw: join(folder, 'lfw-small'),
    teacherModel: join(folder, 'tiny.onnx'),
  };
  await makeIdentityFolders(bench.faces, { identities: 14, images: 6 });
  await makeLfwFolder(bench.lfw, { folds: 2, pairsPerClass: 4 });
  await writeFile(bench.teacherModel, tinyTeacher());
  await importTeacher(bench.home, {
    modelPath: bench.teacherModel,
    name: 'tiny',
    licence: 'none',
    channelOrder: 'rgb',
    pixelMean: 127.5,
    pixelScale: 127.5,
  });
  return bench;
}

/** `train` with the bench's faces and settings. */
export function trainWords(bench: TrainingBench, run: string): string[] {
  return ['train', '--data', bench.faces, '--validate', bench.lfw, '--run', run, ...SMALL_TRAINING];
}
