// Every choice of a training run, by role, with the paper's symbol; saved with the run and with each checkpoint.

import { DEFAULT_VIEW_RECIPE, type ViewRecipe } from '../../imaging/views.ts';
import type { InstanceDistillationSettings } from '../losses/instance-distillation.ts';
import type { RelationSettings } from '../losses/relation-distillation.ts';
import type { Sampling } from '../mining/mine.ts';
import type { NetworkSpec } from '../models/plan.ts';

export interface ClassificationTerm {
  readonly isOn: boolean;
  /** s. */
  readonly scale: number;
  /** m, radians. */
  readonly angularMargin: number;
  /** Where the student's class weights start: the teacher's class means, or random. */
  readonly headInit: 'teacher' | 'random';
}

export interface InstanceTerm extends Omit<InstanceDistillationSettings, 'scale'> {
  readonly isOn: boolean;
  /** α. */
  readonly weight: number;
}

export interface RelationTerm extends RelationSettings {
  readonly isOn: boolean;
  /** β. */
  readonly weight: number;
  /** Size of a relation vector. */
  readonly relationSize: number;
  readonly sampling: Sampling;
}

export interface EmbeddingTerm {
  readonly isOn: boolean;
  /** δ. */
  readonly weight: number;
}

export interface Schedule {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** The learning rate is multiplied by `decayFactor` at the start of each of these epochs, counted from 0. */
  readonly decayAtEpochs: readonly number[];
  readonly decayFactor: number;
  readonly momentum: number;
  /** On weights only, not on batch norms, slopes and biases. */
  readonly weightDecay: number;
  /** Gradients longer than this (L2, all parameters) are scaled to it; null leaves them. */
  readonly largestGradientNorm: number | null;
}

export interface TrainingSettings {
  readonly version: 1;
  readonly network: NetworkSpec;
  readonly classification: ClassificationTerm;
  readonly instance: InstanceTerm;
  readonly relation: RelationTerm;
  readonly embedding: EmbeddingTerm;
  /** V: 1 is the paper's single plain view per face. */
  readonly teacherViews: number;
  readonly viewRecipe: ViewRecipe;
  /** Random horizontal flip, the same for teacher and student. */
  readonly flip: boolean;
  readonly schedule: Schedule;
  readonly seed: number;
  /** Validate every so many epochs (and after the last). */
  readonly validateEveryEpochs: number;
  /** Stop when that many validations in a row brought no better accuracy; null never stops early. */
  readonly patience: number | null;
  /** Save a checkpoint every so many steps, besides each epoch's end. */
  readonly checkpointEverySteps: number;
}

export type PresetName = 'paper' | 'ours' | 'quick' | 'teacher';

const STUDENT: NetworkSpec = {
  depth: 18,
  resolutionPx: 16,
  studentInput: 'native',
  widthFactor: 1,
  embeddingSize: 512,
};

/** The paper's method and schedule. */
const PAPER: TrainingSettings = {
  version: 1,
  network: STUDENT,
  classification: { isOn: true, scale: 64, angularMargin: 0.5, headInit: 'teacher' },
  instance: { isOn: true, weight: 1, temperature: 4, nonTargetWeight: 'teacher' },
  relation: {
    isOn: true,
    weight: 2,
    temperature: 0.1,
    negatives: 256,
    relationSize: 256,
    sampling: 'hard',
  },
  embedding: { isOn: false, weight: 20 },
  teacherViews: 1,
  viewRecipe: DEFAULT_VIEW_RECIPE,
  flip: true,
  schedule: {
    epochs: 36,
    batchSize: 96,
    learningRate: 0.05,
    decayAtEpochs: [21, 28, 32],
    decayFactor: 0.1,
    momentum: 0.9,
    weightDecay: 5e-4,
    // Not in the paper, which does not say: without it the sum of the terms diverges from what each can do (EXPERIMENTS.md).
    largestGradientNorm: 2,
  },
  seed: 1,
  validateEveryEpochs: 1,
  patience: null,
  checkpointEverySteps: 500,
};

/** Learning rate drops at 58, 78 and 89 % of the epochs, as the paper's 21, 28 and 32 of 36; short runs drop less often. */
export function decayEpochs(epochs: number): number[] {
  const drops = new Set([0.58, 0.78, 0.89].map((share) => Math.round(share * epochs)));
  return [...drops].filter((epoch) => epoch > 0 && epoch < epochs);
}

export function withEpochs(settings: TrainingSettings, epochs: number): TrainingSettings {
  return { ...settings, schedule: { ...settings.schedule, epochs, decayAtEpochs: decayEpochs(epochs) } };
}

/** The student's embedding must be as long as the teacher's, whose space it shares. */
export function withEmbeddingSize(settings: TrainingSettings, embeddingSize: number): TrainingSettings {
  return { ...settings, network: { ...settings.network, embeddingSize } };
}

/** What the method's teacher is made from: IResNet-50 on full-resolution faces, by L_Cls alone. */
const TEACHER: TrainingSettings = {
  ...PAPER,
  network: { ...STUDENT, depth: 50, resolutionPx: 112 },
  classification: { ...PAPER.classification, headInit: 'random' },
  instance: { ...PAPER.instance, isOn: false },
  relation: { ...PAPER.relation, isOn: false },
};

/** Whether any part of training asks a teacher. */
export function needsTeacher({ classification, instance, relation, embedding }: TrainingSettings): boolean {
  return instance.isOn || relation.isOn || embedding.isOn || classification.headInit === 'teacher';
}

/**
 * `paper`: as published. `ours`: with L_Emb and nine teacher views. `quick`: ours at half width, 16 epochs.
 * `teacher`: an IResNet-50 that others learn from.
 */
export function presetSettings(name: PresetName): TrainingSettings {
  if (name === 'paper') return PAPER;
  if (name === 'teacher') return TEACHER;
  const ours = withEpochs({ ...PAPER, embedding: { isOn: true, weight: 20 }, teacherViews: 9 }, 26);
  if (name === 'ours') return ours;
  return withEpochs({ ...ours, network: { ...STUDENT, widthFactor: 0.5 } }, 16);
}

/** The learning rate of an epoch, counted from 0. */
export function learningRateAt(schedule: Schedule, epoch: number): number {
  const drops = schedule.decayAtEpochs.filter((boundary) => epoch >= boundary).length;
  return schedule.learningRate * schedule.decayFactor ** drops;
}
