// What a training run needs, made ready: readable faces, teacher views, mined relations, the validation set.

import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { type Matrix, matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { datasetCacheFolder } from '../../datasets/dataset-cache.ts';
import { type FaceDataset, fingerprintOf, listIdentityFolders } from '../../datasets/identity-folders.ts';
import { describePairsLeftOut } from '../../datasets/lfw.ts';
import { describeUnreadable, findUnreadable, withoutUnreadable } from '../../datasets/readable.ts';
import type { Embedder } from '../../engine/embed.ts';
import { type MinedRelations, mineRelations } from '../../engine/mining/mine.ts';
import { loadMined, minedKey, saveMined } from '../../engine/mining/mined-file.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import type { Teacher } from '../../engine/teacher/onnx-teacher.ts';
import { embeddingKey, type TeacherCard } from '../../engine/teacher/teacher-card.ts';
import { ensureViews, type View } from '../../engine/teacher/view-cache.ts';
import type { TrainingData } from '../../engine/training/batches.ts';
import type { TrainingEvent, Validation } from '../../engine/training/events.ts';
import type { RunFolder } from '../../engine/training/run-folder.ts';
import type { TrainingSettings } from '../../engine/training/settings.ts';
import {
  type EvaluationSet,
  embedDegraded,
  openEvaluationSet,
  type Scenario,
  scorePairs,
  teacherSide,
} from './evaluation-set.ts';

export interface TrainingRequest {
  readonly run: RunFolder;
  readonly dataRoot: string;
  readonly settings: TrainingSettings;
  /** Null where the settings need none. */
  readonly teacher: Teacher | null;
  readonly validationRoot: string | null;
  readonly resumes: boolean;
  readonly cacheFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onEvent: (event: TrainingEvent) => void;
  /** Hears what a person should know, in one line each. */
  readonly onNote: (line: string) => void;
}

/** Positives kept per face: training draws from the hardest few. */
const POSITIVES_CAP = 16;

/** The folder's faces without those that do not decode. The fingerprint covers these too: it decides which they are. */
export async function listReadableFaces(
  { dataRoot, cacheFolder, onNote }: TrainingRequest,
  progress: ProgressToken,
): Promise<{ dataset: FaceDataset; fingerprint: string; skipped: number }> {
  const listed = await listIdentityFolders(dataRoot);
  const fingerprint = await fingerprintOf(listed, progress);
  const unreadable = await findUnreadable(listed, fingerprint, cacheFolder, progress);
  const dataset = withoutUnreadable(listed, unreadable);
  if (unreadable.length > 0) onNote(describeUnreadable(unreadable, listed.paths.length));
  return { dataset, fingerprint, skipped: unreadable.length };
}

export async function prepareData(
  runtime: Runtime,
  request: TrainingRequest,
  dataset: FaceDataset,
  fingerprint: string,
  progress: ProgressToken,
): Promise<TrainingData> {
  const { settings, teacher, cacheFolder } = request;
  const { resolutionPx, embeddingSize } = settings.network;
  const teacherSize = teacher?.card.embeddingSize ?? embeddingSize;
  ensure(
    embeddingSize === teacherSize,
    'bad-usage',
    `the student's embedding has ${embeddingSize} dimensions, the teacher's ${teacherSize}: they must be equal`,
  );
  const views = await ensureViews(
    {
      dataset,
      fingerprint,
      teacher,
      recipe: settings.viewRecipe,
      teacherViews: settings.teacherViews,
      resolutionPx,
      cacheFolder,
    },
    progress,
  );
  const mined =
    settings.relation.isOn && teacher !== null
      ? await ensureMined(runtime, request, teacher.card, dataset, fingerprint, views[0], progress)
      : null;
  return {
    labels: dataset.labels,
    classes: dataset.identities.length,
    views,
    resolutionPx,
    embeddingSize,
    mined,
  };
}

async function ensureMined(
  runtime: Runtime,
  { settings, cacheFolder }: TrainingRequest,
  teacher: TeacherCard,
  dataset: FaceDataset,
  fingerprint: string,
  plain: View,
  progress: ProgressToken,
): Promise<MinedRelations> {
  const { negatives, sampling } = settings.relation;
  const options = { negatives, sampling, seed: settings.seed, positivesCap: POSITIVES_CAP };
  const teacherKey = embeddingKey(teacher);
  const key = minedKey(teacherKey, fingerprint, dataset.paths.length, options);
  const name = `mined-${teacherKey}-${sampling}-${negatives}-${key.seed}.glimpse`;
  const path = join(datasetCacheFolder(cacheFolder, fingerprint), name);
  const loaded = await loadMined(path, key);
  if (loaded.kind === 'loaded') return loaded.mined;
  const embeddings = matrix(plain.embeddings, teacher.embeddingSize);
  const mined = await mineRelations(runtime.tf, embeddings, dataset.labels, options, progress);
  await saveMined(path, key, mined);
  return mined;
}

export async function openValidation(
  request: TrainingRequest,
  root: string,
  progress: ProgressToken,
): Promise<EvaluationSet> {
  const { teacher, cacheFolder, settings } = request;
  const { resolutionPx } = settings.network;
  const set = await openEvaluationSet(
    { root, teacher, cacheFolder, resolutionPx, missingImages: 'refuse' },
    progress,
  );
  const leftOut = describePairsLeftOut(set.pairs, set.unreadable);
  if (leftOut !== null) request.onNote(`validation: ${leftOut}`);
  return set;
}

/** Cross-validated accuracies without flip fusion; their mean is the score, or LR-LR alone without a teacher. */
export async function validate(set: EvaluationSet, embedder: Embedder): Promise<Validation> {
  const lr = embedDegraded(set, embedder, false);
  const accuracyOf = (hr: Matrix, scenario: Scenario): number => {
    const { accuracy, bestThresholdAccuracy } = scorePairs(set, { lr, hr }, scenario);
    return accuracy ?? bestThresholdAccuracy;
  };
  const lrLr = accuracyOf(lr, 'lr-lr');
  if (set.teacher === null) return { lrLr, lrHr: null, score: lrLr };
  const lrHr = accuracyOf(teacherSide(set, false), 'lr-hr');
  return { lrLr, lrHr, score: (lrLr + lrHr) / 2 };
}
