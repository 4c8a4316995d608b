// The whole of a training run: faces, teacher, views, mining, training, the network on disk.

import { existsSync } from 'node:fs';
import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { StoredTensor } from '../../common/tensor-file.ts';
import type { FaceDataset } from '../../datasets/identity-folders.ts';
import { planNetwork, planNorms, planParameters } from '../../engine/models/plan.ts';
import { saveNetwork, statisticsOf, type TrainedNetwork } from '../../engine/models/student-file.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import { ALIGNED_SIZE_PX } from '../../engine/teacher/view-cache.ts';
import type { TrainingData } from '../../engine/training/batches.ts';
import { type Checkpoint, checkpointPath, loadCheckpoint } from '../../engine/training/checkpoint.ts';
import type { StopReason, Validation } from '../../engine/training/events.ts';
import type { RunConfig, RunFolder } from '../../engine/training/run-folder.ts';
import type { TrainingSettings } from '../../engine/training/settings.ts';
import { type TrainingOutcome, train } from '../../engine/training/train.ts';
import type { EvaluationSet } from './evaluation-set.ts';
import {
  listReadableFaces,
  openValidation,
  prepareData,
  type TrainingFaces,
  type TrainingRequest,
  validate,
} from './training-data.ts';

export interface TrainingReport {
  readonly runDir: string;
  readonly networkPath: string | null;
  readonly reason: StopReason;
  readonly epochs: number;
  readonly imagesPerSecond: number;
  readonly final: Validation | null;
  /** Images of the folder that could not be read and took no part. */
  readonly skipped: number;
}

export async function runTraining(
  runtime: Runtime,
  request: TrainingRequest,
  progress: ProgressToken,
): Promise<TrainingReport> {
  const { run } = request;
  // What can be refused is refused before the long work starts.
  if (!request.resumes) run.refuseExisting();
  const faces = await listReadableFaces(request, progress);
  const prepared = await prepare(runtime, request, faces, progress).finally(() => faces.close());
  const letGo = run.hold();
  try {
    return await trainInRun(runtime, request, prepared, progress);
  } finally {
    letGo();
  }
}

async function prepare(
  runtime: Runtime,
  request: TrainingRequest,
  faces: TrainingFaces,
  progress: ProgressToken,
): Promise<Prepared> {
  const { dataset, fingerprint, skipped } = faces;
  const { validationRoot } = request;
  const resumeFrom = request.resumes ? await checkpointFor(request, fingerprint) : null;
  const validationSet =
    validationRoot === null ? null : await openValidation(request, validationRoot, progress);
  const data = await prepareData(runtime, request, faces, progress);
  return { data, dataset, fingerprint, resumeFrom, validationSet, skipped };
}

/** What training needs, made ready before the run is touched. */
interface Prepared {
  readonly data: TrainingData;
  readonly dataset: FaceDataset;
  readonly fingerprint: string;
  readonly resumeFrom: Checkpoint | null;
  readonly validationSet: EvaluationSet | null;
  readonly skipped: number;
}

async function trainInRun(
  runtime: Runtime,
  request: TrainingRequest,
  { data, dataset, fingerprint, resumeFrom, validationSet, skipped }: Prepared,
  progress: ProgressToken,
): Promise<TrainingReport> {
  const { run, settings, teacher } = request;
  if (request.resumes) await run.mendMetrics();
  else await run.create(configOf(request, dataset, fingerprint));
  const outcome = await train(runtime, {
    settings,
    data,
    dataFingerprint: fingerprint,
    teacherDigest: teacher?.card.digest ?? null,
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
    skipped,
  };
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
    teacherDigest === (teacher?.card.digest ?? null),
    'bad-checkpoint',
    `${path} learned from another teacher (SHA-256 ${teacherDigest?.slice(0, 12)}…, ` +
      `${teacher?.card.name} has ${teacher?.card.digest.slice(0, 12)}…)`,
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
    teacher: teacher && { name: teacher.card.name, digest: teacher.card.digest },
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
  const { parameters, statistics, epochs } = await networkToKeep(run, settings, outcome);
  await saveNetwork(run.networkPath, {
    card: {
      name: run.name,
      role: settings.network.resolutionPx === ALIGNED_SIZE_PX ? 'teacher' : 'student',
      spec: settings.network,
      trainedOn: {
        root: dataset.root,
        fingerprint,
        images: dataset.paths.length,
        identities: dataset.identities.length,
      },
      teacherDigest: teacher?.card.digest ?? null,
      teacherName: teacher?.card.name ?? null,
      epochs,
      seed: settings.seed,
      createdAt: new Date().toISOString(),
    },
    parameters,
    statistics,
  });
}

/** The last weights; where early stop found no gain any more, those of the best validation. */
async function networkToKeep(
  run: RunFolder,
  settings: TrainingSettings,
  { reason, epochs, state }: TrainingOutcome,
): Promise<Pick<TrainedNetwork, 'parameters' | 'statistics'> & { readonly epochs: number }> {
  if (reason !== 'no-gain') {
    const parameters = state.network.parameters.toPlain();
    return { parameters, statistics: state.statistics.toPlain(), epochs };
  }
  const path = checkpointPath(run.path, 'best');
  const { header, tensors } = await loadCheckpoint(path);
  const plan = planNetwork(settings.network);
  const parameters = new Map(
    planParameters(plan).map(({ name }) => [name, tensors.get(name) as StoredTensor]),
  );
  return {
    parameters,
    statistics: statisticsOf(path, tensors, planNorms(plan)),
    epochs: header.position.epoch,
  };
}
