// A network's trainable parameters and running statistics: created, read out and restored by name.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs-node-gpu';
import { assert } from '../../common/assert.ts';
import type { Rng } from '../../common/rng.ts';
import type { StoredTensor } from '../../common/tensor-file.ts';
import type { BatchStatistics } from '../layers/batch-norm.ts';
import type { Runtime, Tf } from '../runtime/load.ts';
import { groupParameters, ParameterGroup } from './parameter-group.ts';
import type { ParameterPlan } from './plan.ts';

/** Plain values of a tensor, as checkpoints hold them. */
export type PlainTensor = StoredTensor;

export type PlainTensors = ReadonlyMap<string, PlainTensor>;

/** Channel statistics of one batch norm in plain numbers. */
export interface PlainStatistics {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

const INITIAL_SLOPE = 0.25;

/** He initialisation for weights (standard deviation √(2 / fan-in)), 1 for scales, ¼ for slopes, 0 for the rest. */
export function initialValues(plan: ParameterPlan, rng: Rng): PlainTensor {
  const size = plan.shape.reduce((product, extent) => product * extent, 1);
  const values = new Float32Array(size);
  if (plan.role === 'scale') values.fill(1);
  if (plan.role === 'slope') values.fill(INITIAL_SLOPE);
  if (plan.role === 'weight') {
    const fanIn = size / plan.shape[plan.shape.length - 1];
    const deviation = Math.sqrt(2 / fanIn);
    for (let i = 0; i < size; i++) values[i] = deviation * rng.normal();
  }
  return { shape: plan.shape, values };
}

/** Named parameters with their roles. */
export class Parameters {
  readonly #plans: readonly ParameterPlan[];
  readonly groups: readonly ParameterGroup[];
  readonly #groupOf = new Map<string, ParameterGroup>();

  constructor(runtime: Runtime, plans: readonly ParameterPlan[], values: PlainTensors) {
    this.#plans = plans;
    this.groups = groupParameters(plans).map((members) => new ParameterGroup(runtime, members, values));
    for (const group of this.groups) for (const { name } of group.plans) this.#groupOf.set(name, group);
  }

  /** Initial values in plan order, so that a seed fixes them. */
  static draw(plans: readonly ParameterPlan[], rng: Rng): Map<string, PlainTensor> {
    return new Map(plans.map((plan) => [plan.name, initialValues(plan, rng)]));
  }

  get plans(): readonly ParameterPlan[] {
    return this.#plans;
  }

  /** A parameter's current value; it lives until the next update and belongs to the parameters. */
  get(name: string): Tensor {
    const group = this.#groupOf.get(name);
    assert(group !== undefined, `unknown parameter ${name}`);
    return group.get(name);
  }

  /** Reads every value back. */
  toPlain(): Map<string, PlainTensor> {
    return new Map(
      this.#plans.map(({ name, shape }) => [name, { shape, values: readValues(this.get(name)) }]),
    );
  }

  dispose(): void {
    for (const group of this.groups) group.dispose();
  }
}

/** A copy of a float tensor's values. */
export function readValues(tensor: Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync() as Float32Array);
}

/** Exponential moving means and variances of every batch norm, kept in two flat tensors so that an update is a few calls. */
export class RunningStatistics {
  readonly #tf: Tf;
  readonly #norms: readonly { name: string; channels: number }[];
  #means: Tensor1D;
  #variances: Tensor1D;

  constructor(
    tf: Tf,
    norms: readonly { name: string; channels: number }[],
    initial?: ReadonlyMap<string, PlainStatistics>,
  ) {
    this.#tf = tf;
    this.#norms = norms;
    const flatten = (
      pick: (statistics: PlainStatistics | undefined, channels: number) => Float32Array,
    ): Tensor1D => {
      const parts = norms.map(({ name, channels }) => pick(initial?.get(name), channels));
      const flat = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let offset = 0;
      for (const part of parts) {
        flat.set(part, offset);
        offset += part.length;
      }
      return tf.keep(tf.tensor1d(flat));
    };
    this.#means = flatten((statistics, channels) => statistics?.mean ?? new Float32Array(channels));
    this.#variances = flatten(
      (statistics, channels) => statistics?.variance ?? new Float32Array(channels).fill(1),
    );
  }

  /** new = (1 − momentum) · old + momentum · batch, for all norms at once; `batch` holds one entry per norm and is disposed of. */
  update(batch: ReadonlyMap<string, BatchStatistics>, momentum: number): void {
    const tf = this.#tf;
    const parts = this.#norms.map(({ name }) => {
      const statistics = batch.get(name);
      assert(statistics !== undefined, `no batch statistics for ${name}`);
      return statistics;
    });
    const blend = (old: Tensor1D, pick: (statistics: BatchStatistics) => Tensor1D): Tensor1D => {
      const next = tf.keep(
        tf.tidy(() => old.mul(1 - momentum).add(tf.concat1d(parts.map(pick)).mul(momentum))),
      ) as Tensor1D;
      old.dispose();
      return next;
    };
    this.#means = blend(this.#means, (statistics) => statistics.mean);
    this.#variances = blend(this.#variances, (statistics) => statistics.variance);
    for (const { mean, variance } of parts) {
      mean.dispose();
      variance.dispose();
    }
  }

  toPlain(): Map<string, PlainStatistics> {
    const means = readValues(this.#means);
    const variances = readValues(this.#variances);
    const plain = new Map<string, PlainStatistics>();
    let offset = 0;
    for (const { name, channels } of this.#norms) {
      const range = [offset, offset + channels] as const;
      plain.set(name, { mean: means.slice(...range), variance: variances.slice(...range) });
      offset += channels;
    }
    return plain;
  }

  dispose(): void {
    this.#means.dispose();
    this.#variances.dispose();
  }
}
