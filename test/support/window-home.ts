// A data folder for the window's tests: made faces, a tiny teacher, quick settings as the form's draft.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { importTeacher } from '../../src-main/engine/teacher/teacher-store.ts';
import { presetSettings } from '../../src-main/engine/training/settings.ts';
import { makeIdentityFolders, makeLfwFolder } from './made-faces.ts';
import { tinyTeacher } from './tiny-teacher.ts';

export interface WindowHome {
  readonly home: string;
  readonly faces: string;
  readonly pairs: string;
  /** An ONNX file that is not imported yet. */
  readonly otherTeacher: string;
}

export const TEACHER = 'tiny';

/** Small enough that an epoch takes seconds. */
export async function makeWindowHome(
  folder: string,
  { identities = 12, images = 4 }: { identities?: number; images?: number } = {},
): Promise<WindowHome> {
  const [home, faces, pairs] = ['home', 'faces', 'pairs'].map((name) => join(folder, name));
  await mkdir(home, { recursive: true });
  await makeIdentityFolders(faces, { identities, images });
  await makeLfwFolder(pairs, { folds: 2, pairsPerClass: 4 });
  const modelPath = join(folder, 'tiny.onnx');
  await writeFile(modelPath, tinyTeacher());
  await importTeacher(home, {
    modelPath,
    name: TEACHER,
    licence: 'made for tests',
    channelOrder: 'rgb',
    pixelMean: 127.5,
    pixelScale: 127.5,
  });
  const otherTeacher = join(folder, 'other.onnx');
  await writeFile(otherTeacher, tinyTeacher({ embeddingSize: 48 }));
  return { home, faces, pairs, otherTeacher };
}

/** Leaves a draft of quick settings in the form, as a person who closed the window would have, and goes there. */
export async function putDraft(page: Page, { faces, pairs }: WindowHome, epochs = 2): Promise<void> {
  const quick = presetSettings('quick');
  const settings = {
    ...quick,
    network: { ...quick.network, widthFactor: 1 / 32, embeddingSize: 32 },
    relation: { ...quick.relation, negatives: 6, relationSize: 8 },
    teacherViews: 2,
    schedule: { ...quick.schedule, epochs, batchSize: 4, learningRate: 0.01, decayAtEpochs: [] },
    checkpointEverySteps: 5,
  };
  const draft = { data: faces, validation: pairs, teacher: TEACHER, preset: 'quick', settings };
  await page.evaluate((text) => localStorage.setItem('glimpse.training-draft', text), JSON.stringify(draft));
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Training', exact: true }).click();
}
