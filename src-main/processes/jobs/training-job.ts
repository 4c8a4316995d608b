// The whole of a training run: faces, teacher, views, mining, training, the network on disk.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { type FaceDataset, fingerprintOf, listIdentityFolders } from '../../datasets/identity-folders.ts';
import type { Embedder } from '../../engine/embed.ts';
import { type MinedRelations, mineRelations } from '../../engine/mining/mine.ts';
import { loadMined, minedKey, saveMined } from '../../engine/mining/mined-file.ts';
import { saveNetwork } from '../../engine/models/student-file.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import type { Teacher } from '../../engine/teacher/onnx-teacher.ts';
import { ensureViews, type View } from '../../engine/teacher/view-cache.ts';
import type { TrainingData } from '../../engine/training/batches.ts';
import { type Checkpoint, checkpointPath, loadCheckpoint } from '../../engine/training/checkpoint.ts';
import type { StopReason, TrainingEvent, Validation } from '../../engine/training/events.ts';
import type { RunConfig, RunFolder } from '../../engine/training/run-folder.ts';
import type { TrainingSettings } from '../../engine/training/settings.ts';
import { type TrainingOutcome, train } from '../../engine/training/train.ts';
import {
  type EvaluationSet,
  embedDegraded,
  openEvaluationSet,
  scorePairs,
  teacherSide,
} from './evaluation-set.ts';

export interface TrainingRequest {
  readonly run: RunFolder;
  readonly dataRoot: string;
  readonly settings: TrainingSettings;
  readonly teacher: Teacher;
  readonly validationRoot: string | null;
  readonly resumes: boolean;
  readonly cacheFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onEvent: (event: TrainingEvent) => void;
}

export interface TrainingReport {
  readonly runDir: string;
  readonly networkPath: string | null;
  readonly reason: StopReason;
  readonly epochs: number;
  readonly imagesPerSecond: number;
  readonly final: Validation | null;
}

/** Positives kept per face: training draws from the hardest few. */
const POSITIVES_CAP = 16;

export async function runTraining(
  runtime: Runtime,
  request: TrainingRequest,
  progress: ProgressToken,
): Promise<TrainingReport> {
  const { run, settings, teacher } = request;
  // What can be refused is refused before the long work starts.
  if (!request.resumes) run.refuseExisting();
  const dataset = await listIdentityFolders(request.dataRoot);
  const fingerprint = await fingerprintOf(dataset, progress);
  const resumeFrom = request.resumes ? await checkpointFor(request, fingerprint) : null;
  const validationSet =
    request.validationRoot === null ? null : await openValidation(request, request.validationRoot, progress);
  const data = await prepareData(runtime, request, dataset, fingerprint, progress);
  if (request.resumes) await run.mendMetrics();
  else await run.create(configOf(request, dataset, fingerprint));
  const outcome = await train(runtime, {
    settings,
    data,
    dataFingerprint: fingerprint,
    teacherDigest: teacher.card.digest,
    runFolder: run.path,
    resumeFrom,
    validate: validationSet && ((embedder) => validate(validationSet, embedder)),
    signal: progress.signal,
    onEvent: async (event) => {
      await run.append(event);
      request.onEvent(event);
    },
  });
  const isWhole = outcome.reason !== 'cancelled';
  if (isWhole) await saveOutcome(request, outcome, dataset, fingerprint);
  outcome.state.dispose();
  const { reason, epochs, imagesPerSecond } = outcome;
  // From the log: a resumed run may have had its last validation in an earlier sitting.
  const final = (await run.readEpochs()).findLast((row) => row.validation !== null)?.validation ?? null;
  return {
    runDir: run.path,
    networkPath: isWhole ? run.networkPath : null,
    reason,
    epochs,
    imagesPerSecond,
    final,
  };
}

async function prepareData(
  runtime: Runtime,
  request: TrainingRequest,
  dataset: FaceDataset,
  fingerprint: string,
  progress: ProgressToken,
): Promise<TrainingData> {
  const { settings, teacher, cacheFolder } = request;
  const { resolutionPx, embeddingSize } = settings.network;
  ensure(
    embeddingSize === teacher.card.embeddingSize,
    'bad-usage',
    `the student's embedding has ${embeddingSize} dimensions, the teacher's ${teacher.card.embeddingSize}: they must be equal`,
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
  const mined = settings.relation.isOn
    ? await ensureMined(runtime, request, dataset, fingerprint, views[0], progress)
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
  { settings, teacher, cacheFolder }: TrainingRequest,
  dataset: FaceDataset,
  fingerprint: string,
  plain: View,
  progress: ProgressToken,
): Promise<MinedRelations> {
  const { negatives, sampling } = settings.relation;
  const options = { negatives, sampling, seed: settings.seed, positivesCap: POSITIVES_CAP };
  const key = minedKey(teacher.card.digest, fingerprint, dataset.paths.length, options);
  const name = `mined-${teacher.card.digest.slice(0, 16)}-${sampling}-${negatives}-${key.seed}.glimpse`;
  const path = join(cacheFolder, `faces-${fingerprint.slice(0, 16)}`, name);
  const loaded = await loadMined(path, key);
  if (loaded.kind === 'loaded') return loaded.mined;
  const embeddings = matrix(plain.embeddings, teacher.card.embeddingSize);
  const mined = await mineRelations(runtime.tf, embeddings, dataset.labels, options, progress);
  await saveMined(path, key, mined);
  return mined;
}

function openValidation(
  request: TrainingRequest,
  root: string,
  progress: ProgressToken,
): Promise<EvaluationSet> {
  const { teacher, cacheFolder, settings } = request;
  return openEvaluationSet(
    { root, teacher, cacheFolder, resolutionPx: settings.network.resolutionPx, missingImages: 'refuse' },
    progress,
  );
}

/** Cross-validated accuracies without flip fusion; their mean is the score. */
async function validate(set: EvaluationSet, embedder: Embedder): Promise<Validation> {
  const sides = { lr: embedDegraded(set, embedder, false), hr: teacherSide(set, false) };
  const accuracyOf = (scenario: 'lr-lr' | 'lr-hr'): number => {
    const { accuracy, bestThresholdAccuracy } = scorePairs(set, sides, scenario);
    return accuracy ?? bestThresholdAccuracy;
  };
  const [lrLr, lrHr] = [accuracyOf('lr-lr'), accuracyOf('lr-hr')];
  return { lrLr, lrHr, score: (lrLr + lrHr) / 2 };
}

/** Null where the run was killed before its first checkpoint, which follows the first epoch's row: it then starts over. */
async function checkpointFor(
  { run, settings, teacher }: TrainingRequest,
  fingerprint: string,
): Promise<Checkpoint | null> {
  const path = checkpointPath(run.path, 'last');
  if (!existsSync(path) && (await run.readEpochs()).length <= 1) return null;
  const checkpoint = await loadCheckpoint(path);
  const { teacherDigest } = checkpoint.header;
  ensure(
    teacherDigest === teacher.card.digest,
    'bad-checkpoint',
    `${path} learned from another teacher (SHA-256 ${teacherDigest.slice(0, 12)}…, ` +
      `${teacher.card.name} has ${teacher.card.digest.slice(0, 12)}…)`,
  );
  ensure(
    checkpoint.header.dataFingerprint === fingerprint,
    'bad-checkpoint',
    `${path} was trained on other faces (fingerprint ${checkpoint.header.dataFingerprint.slice(0, 12)}…, ` +
      `the folder has ${fingerprint.slice(0, 12)}…): resume with the folder it was started with`,
  );
  ensure(
    JSON.stringify(checkpoint.header.settings) === JSON.stringify(settings),
    'bad-checkpoint',
    `${path} was trained with other settings than ${run.configPath} records`,
  );
  return checkpoint;
}

function configOf(request: TrainingRequest, dataset: FaceDataset, fingerprint: string): RunConfig {
  const { settings, teacher, validationRoot, environment } = request;
  const images = dataset.paths.length;
  return {
    version: 1,
    settings,
    data: { root: dataset.root, fingerprint, images, identities: dataset.identities.length },
    teacher: { name: teacher.card.name, digest: teacher.card.digest },
    validation: validationRoot,
    environment,
    startedAt: new Date().toISOString(),
  };
}

async function saveOutcome(
  request: TrainingRequest,
  outcome: TrainingOutcome,
  dataset: FaceDataset,
  fingerprint: string,
): Promise<void> {
  const { run, settings, teacher } = request;
  await saveNetwork(run.networkPath, {
    card: {
      name: run.name,
      role: 'student',
      spec: settings.network,
      trainedOn: {
        root: dataset.root,
        fingerprint,
        images: dataset.paths.length,
        identities: dataset.identities.length,
      },
      teacherDigest: teacher.card.digest,
      teacherName: teacher.card.name,
      epochs: outcome.epochs,
      seed: settings.seed,
      createdAt: new Date().toISOString(),
    },
    parameters: outcome.state.network.parameters.toPlain(),
    statistics: outcome.state.statistics.toPlain(),
  });
}
