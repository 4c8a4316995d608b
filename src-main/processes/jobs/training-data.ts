// What a training run needs, made ready: readable faces, teacher views, mined relations, the validation set.

import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { type Matrix, matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { datasetCacheFolder } from '../../datasets/dataset-cache.ts';
import type { LeftOut } from '../../datasets/entries.ts';
import { asFaceSource, type FaceSource, subsetSource } from '../../datasets/face-source.ts';
import { type FaceDataset, fingerprintOf, listIdentityFolders } from '../../datasets/identity-folders.ts';
import { describePairsLeftOut } from '../../datasets/lfw.ts';
import { describeUnreadable, findUnreadable, withoutUnreadable } from '../../datasets/readable.ts';
import { findRecordFile, fingerprintOfRecords, openMxnetFaces } from '../../datasets/recordio/mxnet-faces.ts';
import type { Embedder } from '../../engine/embed.ts';
import { type MinedRelations, type MiningOptions, mineRelations } from '../../engine/mining/mine.ts';
import { loadMined, type MinedKey, minedKey, saveMined } from '../../engine/mining/mined-file.ts';
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
  const opened = await openFaces(dataRoot);
  try {
    const { listed, source, records } = opened;
    const fingerprint =
      records === null ? await fingerprintOf(listed, progress) : await fingerprintOfRecords(records);
    const unreadable = await findUnreadable(source, fingerprint, cacheFolder, progress);
    if (unreadable.length > 0) onNote(describeUnreadable(unreadable, listed.paths.length));
    const kept = leaveOut(opened, unreadable);
    return { ...kept, fingerprint, skipped: unreadable.length, close: opened.close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Faces as they lie on disk, those that do not decode among them. */
export interface OpenedFaces {
  readonly listed: FaceDataset;
  readonly source: FaceSource;
  /** The record file that holds them; null for folders. */
  readonly records: string | null;
  close(): Promise<void>;
}

/** The caller closes them. */
export async function openFaces(dataRoot: string): Promise<OpenedFaces> {
  const records = await findRecordFile(dataRoot);
  if (records !== null) return openRecords(records);
  const listed = await listIdentityFolders(dataRoot);
  return { listed, source: asFaceSource(listed), records, close: async () => {} };
}

/** What a training sees of opened faces: those that decode, under the numbers its views and relations go by. */
export function leaveOut(
  { listed, source }: OpenedFaces,
  unreadable: readonly LeftOut[],
): { readonly dataset: FaceDataset; readonly source: FaceSource } {
  if (unreadable.length === 0) return { dataset: listed, source };
  const gone = new Set(unreadable.map(({ path }) => path));
  const kept = listed.paths.flatMap((path, index) => (gone.has(path) ? [] : [index]));
  return { dataset: withoutUnreadable(listed, unreadable), source: subsetSource(source, kept) };
}

/** Pictures stay in their file and are read from it one by one. */
async function openRecords(path: string): Promise<OpenedFaces> {
  const set = await openMxnetFaces(path);
  const identities = Array.from({ length: set.identities }, (_, label) => `identity ${label}`);
  const listed: FaceDataset = { root: path, identities, paths: set.faces.names, labels: set.labels };
  return { listed, source: set.faces, records: path, close: () => set.close() };
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
  const { path, key, options } = minedPlace(
    settings,
    teacher,
    fingerprint,
    dataset.paths.length,
    cacheFolder,
  );
  const loaded = await loadMined(path, key);
  if (loaded.kind === 'loaded') return loaded.mined;
  const embeddings = matrix(plain.embeddings, teacher.embeddingSize);
  const mined = await mineRelations(runtime.tf, embeddings, dataset.labels, options, progress);
  await saveMined(path, key, mined);
  return mined;
}

/** Where the relations of a training on `faces` readable faces lie, and what they are mined with. */
export function minedPlace(
  { relation, seed }: TrainingSettings,
  teacher: TeacherCard,
  fingerprint: string,
  faces: number,
  cacheFolder: string,
): { readonly path: string; readonly key: MinedKey; readonly options: MiningOptions } {
  const { negatives, sampling } = relation;
  const options = { negatives, sampling, seed, positivesCap: POSITIVES_CAP };
  const teacherKey = embeddingKey(teacher);
  const key = minedKey(teacherKey, fingerprint, faces, options);
  const name = `mined-${teacherKey}-${sampling}-${negatives}-${key.seed}.glimpse`;
  return { path: join(datasetCacheFolder(cacheFolder, fingerprint), name), key, options };
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
