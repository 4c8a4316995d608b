// A trained network on disk: what it is, its parameters and its running batch-norm statistics.

import { ensure } from '../../common/errors.ts';
import {
  loadTensorFile,
  readTensorHeader,
  type StoredTensor,
  saveTensorFile,
} from '../../common/tensor-file.ts';
import type { PlainStatistics, PlainTensors } from './parameters.ts';
import { type NetworkSpec, planNetwork, planNorms, planParameters } from './plan.ts';

/** What is known of a trained network: saved in its header, shown as its model card. */
export interface ModelCard {
  readonly name: string;
  readonly role: 'student' | 'teacher';
  readonly spec: NetworkSpec;
  readonly trainedOn: {
    readonly root: string;
    readonly fingerprint: string;
    readonly images: number;
    readonly identities: number;
  };
  /** SHA-256 of the teacher's model file; null for a network trained without one. */
  readonly teacherDigest: string | null;
  readonly teacherName: string | null;
  readonly epochs: number;
  readonly seed: number;
  readonly createdAt: string;
}

export interface TrainedNetwork {
  readonly card: ModelCard;
  readonly parameters: PlainTensors;
  readonly statistics: ReadonlyMap<string, PlainStatistics>;
}

const KIND = 'network';

export async function saveNetwork(path: string, network: TrainedNetwork): Promise<void> {
  const tensors = new Map<string, StoredTensor>([
    ...network.parameters,
    ...statisticsTensors(network.statistics),
  ]);
  await saveTensorFile(path, { kind: KIND, header: network.card, tensors });
}

/** The card alone, for lists: the parameters are not read. */
export function readModelCard(path: string): Promise<ModelCard> {
  return readTensorHeader<ModelCard>(path, KIND);
}

/** Throws `not-found` or `bad-checkpoint`, naming the file and, for a misfit, the tensor. */
export async function loadNetwork(path: string): Promise<TrainedNetwork> {
  const file = await loadTensorFile<ModelCard>(path, KIND);
  const plan = planNetwork(file.header.spec);
  for (const { name, shape } of planParameters(plan)) {
    const found = file.tensors.get(name)?.shape.join('×') ?? 'absent';
    ensure(
      found === shape.join('×'),
      'bad-checkpoint',
      `${path}: ${name} is ${found}, expected ${shape.join('×')}`,
    );
  }
  return {
    card: file.header,
    parameters: file.tensors,
    statistics: statisticsOf(path, file.tensors, planNorms(plan)),
  };
}

export function statisticsTensors(
  statistics: ReadonlyMap<string, PlainStatistics>,
): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { mean, variance }] of statistics) {
    tensors.set(`${name}.mean`, { shape: [mean.length], values: mean });
    tensors.set(`${name}.variance`, { shape: [variance.length], values: variance });
  }
  return tensors;
}

/** Throws `bad-checkpoint` where a batch norm has no statistics; `source` is what the message calls their origin. */
export function statisticsOf(
  source: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  norms: readonly { name: string; channels: number }[],
): Map<string, PlainStatistics> {
  const statistics = new Map<string, PlainStatistics>();
  for (const { name, channels } of norms) {
    const mean = tensors.get(`${name}.mean`)?.values;
    const variance = tensors.get(`${name}.variance`)?.values;
    ensure(
      mean?.length === channels && variance?.length === channels,
      'bad-checkpoint',
      `${source}: batch norm ${name} has no statistics for its ${channels} channels`,
    );
    statistics.set(name, { mean, variance });
  }
  return statistics;
}
