// What a training run needs, made ready: readable faces, teacher views, mined relations, the validation set.

import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { type Matrix, matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { datasetCacheFolder } from '../../datasets/dataset-cache.ts';
import { asFaceSource, type FaceSource, subsetSource } from '../../datasets/face-source.ts';
import { type FaceDataset, fingerprintOf, listIdentityFolders } from '../../datasets/identity-folders.ts';
import { describePairsLeftOut } from '../../datasets/lfw.ts';
import { describeUnreadable, findUnreadable, withoutUnreadable } from '../../datasets/readable.ts';
import { findRecordFile, fingerprintOfRecords, openMxnetFaces } from '../../datasets/recordio/mxnet-faces.ts';
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

/** Faces to train on: what they are, and where they are read from. */
export interface TrainingFaces {
  readonly dataset: FaceDataset;
  readonly source: FaceSource;
  readonly fingerprint: string;
  /** Images that do not decode and take no part. */
  readonly skipped: number;
  close(): Promise<void>;
}

/**
 * The faces of a folder, or of a record file, without those that do not decode. The fingerprint covers these too: it decides
 * which they are. The caller closes them once the views are made.
 */
export async function listReadableFaces(
  { dataRoot, cacheFolder, onNote }: TrainingRequest,
  progress: ProgressToken,
): Promise<TrainingFaces> {
  const records = await findRecordFile(dataRoot);
  const { listed, source, fingerprint, close } =
    records === null ? await openFolder(dataRoot, progress) : await openRecords(records);
  try {
    const unreadable = await findUnreadable(source, fingerprint, cacheFolder, progress);
    if (unreadable.length === 0) return { dataset: listed, source, fingerprint, skipped: 0, close };
    onNote(describeUnreadable(unreadable, listed.paths.length));
    const dataset = withoutUnreadable(listed, unreadable);
    const gone = new Set(unreadable.map(({ path }) => path));
    const kept = listed.paths.flatMap((path, index) => (gone.has(path) ? [] : [index]));
    return { dataset, source: subsetSource(source, kept), fingerprint, skipped: unreadable.length, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openFolder(dataRoot: string, progress: ProgressToken) {
  const listed = await listIdentityFolders(dataRoot);
  const fingerprint = await fingerprintOf(listed, progress);
  return { listed, source: asFaceSource(listed), fingerprint, close: async () => {} };
}

/** Pictures stay in their file and are read from it one by one. */
async function openRecords(path: string) {
  const set = await openMxnetFaces(path);
  const identities = Array.from({ length: set.identities }, (_, label) => `identity ${label}`);
  const listed: FaceDataset = { root: path, identities, paths: set.faces.names, labels: set.labels };
  const fingerprint = await fingerprintOfRecords(path);
  return { listed, source: set.faces, fingerprint, close: () => set.close() };
}

export async function prepareData(
  runtime: Runtime,
  request: TrainingRequest,
  { dataset, source, fingerprint }: TrainingFaces,
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
      dataset: source,
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
