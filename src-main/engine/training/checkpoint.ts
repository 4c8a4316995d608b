// Checkpoints: all of a run's state at a position, from which training goes on exactly.

import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { loadTensorFile, type StoredTensor, saveTensorFile } from '../../common/tensor-file.ts';
import type { MeterSums } from './epoch-meter.ts';
import type { TrainingSettings } from './settings.ts';

/** The next batch to train on: random draws follow from (seed, epoch, step) alone, so this is all a generator needs. */
export interface Position {
  readonly epoch: number;
  readonly step: number;
}

export interface CheckpointHeader {
  readonly version: 1;
  readonly settings: TrainingSettings;
  readonly position: Position;
  readonly classes: number;
  readonly dataFingerprint: string;
  readonly teacherDigest: string | null;
  /** Z of L_RID. */
  readonly partition: number | null;
  readonly best: BestValidation | null;
  readonly validationsWithoutGain: number;
  /** Sums of the unfinished epoch, so that its rows in the log are those of an uninterrupted run. */
  readonly sums: MeterSums;
}

export interface BestValidation {
  readonly epoch: number;
  readonly score: number;
}

export interface Checkpoint {
  readonly header: CheckpointHeader;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const KIND = 'checkpoint';

export function checkpointPath(runFolder: string, name: 'last' | 'best'): string {
  return join(runFolder, 'checkpoints', `${name}.glimpse`);
}

export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await saveTensorFile(path, { kind: KIND, header: checkpoint.header, tensors: checkpoint.tensors });
}

/** Throws `not-found` or `bad-checkpoint` with the file's name. */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const { header, tensors } = await loadTensorFile<CheckpointHeader>(path, KIND);
  ensure(
    header.version === 1,
    'bad-checkpoint',
    `${path} has version ${header.version}; this Glimpse reads version 1`,
  );
  return { header, tensors };
}

/** False where a tensor holds NaN or an infinity: such a state is no checkpoint. */
export function isFiniteState(tensors: ReadonlyMap<string, StoredTensor>): boolean {
  return [...tensors.values()].every(({ values }) => areFinite(values));
}

/** A plain loop: a checkpoint holds tens of millions of numbers. */
function areFinite(values: Float32Array): boolean {
  for (let at = 0; at < values.length; at++) if (values[at] - values[at] !== 0) return false;
  return true;
}
