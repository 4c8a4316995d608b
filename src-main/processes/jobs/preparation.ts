// How much the teacher has still to look at before a training can start: what is in the cache it has seen.

import type { ProgressToken } from '../../common/progress.ts';
import { fingerprintOf } from '../../datasets/identity-folders.ts';
import { readLfwPairs } from '../../datasets/lfw.ts';
import { knownUnreadable } from '../../datasets/readable.ts';
import { fingerprintOfRecords } from '../../datasets/recordio/mxnet-faces.ts';
import type { TeacherCard } from '../../engine/teacher/teacher-card.ts';
import { countViewsToEmbed } from '../../engine/teacher/view-cache.ts';
import type { TrainingSettings } from '../../engine/training/settings.ts';
import { DEFAULT_VIEW_RECIPE } from '../../imaging/views.ts';
import { withoutUnreadablePairs } from './evaluation-set.ts';
import { leaveOut, openFaces } from './training-data.ts';

export interface PreparationQuestion {
  readonly dataRoot: string;
  readonly validationRoot: string | null;
  readonly settings: TrainingSettings;
  readonly teacher: TeacherCard;
  readonly cacheFolder: string;
}

/** Faces × views, of the training's faces and of the validation pairs. Reads every file once. Throws `cancelled`. */
export async function countFacesToEmbed(
  question: PreparationQuestion,
  progress: ProgressToken,
): Promise<number> {
  return (await ofTraining(question, progress)) + (await ofValidation(question, progress));
}

async function ofTraining(
  { dataRoot, settings, teacher, cacheFolder }: PreparationQuestion,
  progress: ProgressToken,
): Promise<number> {
  const opened = await openFaces(dataRoot);
  try {
    const { listed, records } = opened;
    const fingerprint =
      records === null ? await fingerprintOf(listed, progress) : await fingerprintOfRecords(records);
    const { source } = leaveOut(opened, (await knownUnreadable(fingerprint, cacheFolder)) ?? []);
    const views = await countViewsToEmbed({
      dataset: source,
      fingerprint,
      teacher: { card: teacher },
      recipe: settings.viewRecipe,
      teacherViews: settings.teacherViews,
      resolutionPx: settings.network.resolutionPx,
      cacheFolder,
    });
    return views * source.names.length;
  } finally {
    await opened.close();
  }
}

async function ofValidation(
  { validationRoot, settings, teacher, cacheFolder }: PreparationQuestion,
  progress: ProgressToken,
): Promise<number> {
  if (validationRoot === null) return 0;
  const listed = await readLfwPairs(validationRoot, { missingImages: 'refuse' });
  const fingerprint = await fingerprintOf({ root: listed.imageRoot, paths: listed.images }, progress);
  const pairs = withoutUnreadablePairs(listed, (await knownUnreadable(fingerprint, cacheFolder)) ?? []);
  const views = await countViewsToEmbed({
    dataset: { root: pairs.imageRoot, paths: pairs.images },
    fingerprint,
    teacher: { card: teacher },
    recipe: DEFAULT_VIEW_RECIPE,
    teacherViews: 1,
    resolutionPx: settings.network.resolutionPx,
    cacheFolder,
  });
  return views * pairs.images.length;
}
