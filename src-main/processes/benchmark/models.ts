// The models of a benchmark: found, checked and described, but not yet loaded into TensorFlow.

import { dirname } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { sha256OfFile } from '../../common/files.ts';
import { loadNetwork, type TrainedNetwork } from '../../engine/models/student-file.ts';
import type { StoredTeacher } from '../../engine/teacher/teacher-store.ts';
import { findTeacher } from '../../engine/teacher/teacher-store.ts';
import { RunFolder } from '../../engine/training/run-folder.ts';
import type { TrainingSettings } from '../../engine/training/settings.ts';
import type { ReportModel } from '../../reports/benchmark/report-model.ts';
import { findStudentFile } from '../jobs/student.ts';
import type { BenchmarkRequest } from './request.ts';

/** The teacher itself, fed with degraded faces that are upsampled: the paper's model_I. */
export interface TeacherModel {
  readonly kind: 'teacher';
  readonly entry: ReportModel;
}

export interface StudentModel {
  readonly kind: 'student';
  readonly entry: ReportModel;
  readonly path: string;
  readonly digest: string;
  readonly trained: TrainedNetwork;
  /** Of its run; null for a file without one. */
  readonly training: TrainingSettings | null;
}

export type BenchmarkModel = TeacherModel | StudentModel;

export interface BenchmarkModels {
  readonly teacher: StoredTeacher;
  readonly models: readonly BenchmarkModel[];
}

/** Throws `not-found` for a model that is not there, `bad-usage` for two of one name. */
export async function findModels(request: BenchmarkRequest): Promise<BenchmarkModels> {
  const teacher = await findTeacher(request.dataFolder, request.teacher);
  const models: BenchmarkModel[] = [];
  for (const reference of request.models) {
    models.push(reference === 'teacher' ? teacherModel(teacher) : await studentModel(reference, request));
  }
  const names = models.map(({ entry }) => entry.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  ensure(
    twice === undefined,
    'bad-usage',
    `--model names ${twice} twice: models are told apart by their names`,
  );
  return { teacher, models };
}

function teacherModel({ card }: StoredTeacher): TeacherModel {
  const { name, digest, source, licence, inputSizePx, channelOrder, pixelMean, pixelScale } = card;
  const settings = {
    source,
    licence,
    input: `${inputSizePx} px, ${channelOrder}, (v − ${pixelMean}) / ${pixelScale}`,
  };
  return { kind: 'teacher', entry: { name, role: 'model_I', digest, resolutionPx: null, settings } };
}

async function studentModel(reference: string, request: BenchmarkRequest): Promise<StudentModel> {
  const path = await findStudentFile(reference, request.dataFolder, request.callerFolder);
  const trained = await loadNetwork(path);
  const digest = await sha256OfFile(path);
  // A network file may lie anywhere; only a run's folder says how it was trained.
  const config = await new RunFolder(dirname(path)).readConfig().catch(() => null);
  const training = config?.settings ?? null;
  const { card } = trained;
  const { spec, trainedOn } = card;
  const entry: ReportModel = {
    name: card.name,
    role: roleOf(training),
    digest,
    resolutionPx: spec.resolutionPx,
    settings: {
      network: `IResNet-${spec.depth}, ${spec.resolutionPx} px (input ${spec.studentInput}), width ${spec.widthFactor}, ${spec.embeddingSize} dimensions`,
      'trained on': `${trainedOn.images} images of ${trainedOn.identities} identities, fingerprint ${trainedOn.fingerprint.slice(0, 16)}…`,
      teacher:
        card.teacherName === null ? 'none' : `${card.teacherName} (${card.teacherDigest?.slice(0, 16)}…)`,
      epochs: String(card.epochs),
      seed: String(card.seed),
      ...(training === null ? {} : trainingText(training)),
    },
  };
  return { kind: 'student', entry, path, digest, trained, training };
}

/** model_II is trained on low-resolution faces by L_Cls alone. */
function roleOf(training: TrainingSettings | null): string {
  if (training === null) return 'student';
  const terms = termsOf(training);
  const isFromScratch = terms.join() === 'Cls' && training.classification.headInit === 'random';
  return isFromScratch ? 'model_II' : terms.join(' + ');
}

function termsOf({ classification, instance, relation, embedding }: TrainingSettings): string[] {
  const terms: [string, boolean][] = [
    ['Cls', classification.isOn],
    ['IID', instance.isOn],
    ['RID', relation.isOn],
    ['Emb', embedding.isOn],
  ];
  return terms.flatMap(([name, isOn]) => (isOn ? [name] : []));
}

function trainingText(training: TrainingSettings): Record<string, string> {
  const { relation, teacherViews, schedule } = training;
  return {
    terms: termsOf(training).join(' + '),
    ...(relation.isOn ? { negatives: `${relation.negatives}, ${relation.sampling}` } : {}),
    'teacher views': String(teacherViews),
    schedule: `${schedule.epochs} epochs, batch ${schedule.batchSize}, learning rate ${schedule.learningRate}`,
  };
}
