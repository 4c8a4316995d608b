// Parameters that share one resource: a matrix alone, or all vectors of a network, so that an update is few calls.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs-node-gpu';
import { assert, assertShape } from '../../common/assert.ts';
import { joinFloats } from '../../common/matrix.ts';
import type { StoredTensor } from '../../common/tensor-file.ts';
import type { Runtime } from '../runtime/load.ts';
import { Resource } from '../runtime/resource.ts';
import type { ParameterPlan } from './plan.ts';

export class ParameterGroup {
  readonly plans: readonly ParameterPlan[];
  readonly #runtime: Runtime;
  readonly #resource: Resource;
  #values: ReadonlyMap<string, Tensor>;

  /** `values` gives each parameter's own; null starts all at 0. */
  constructor(
    runtime: Runtime,
    plans: readonly ParameterPlan[],
    values: ReadonlyMap<string, StoredTensor> | null,
  ) {
    this.#runtime = runtime;
    this.plans = plans;
    const shape = plans.length === 1 ? plans[0].shape : [sum(plans.map(sizeOf))];
    this.#resource = new Resource(runtime, shape, values && concatenated(plans, values));
    this.#values = this.#read();
  }

  /** Weight decay is for weights, not for norms, slopes and biases. */
  get decays(): boolean {
    return this.plans[0].role === 'weight';
  }

  /** The current value; it lives until the next update and belongs to the group. */
  get(name: string): Tensor {
    if (this.#values.size === 0) this.#values = this.#read();
    const value = this.#values.get(name);
    assert(value !== undefined, `unknown parameter ${name}`);
    return value;
  }

  /** All parameters together, in the layout of `gather`. */
  get whole(): Tensor {
    return this.#resource.value;
  }

  /** Tensors by parameter name → one in the layout of `whole`; null where no parameter has one. */
  gather(tensors: ReadonlyMap<string, Tensor>): Tensor | null {
    const found = this.plans.flatMap(({ name }) => tensors.get(name) ?? []);
    if (found.length === 0) return null;
    assert(found.length === this.plans.length, 'parameters of one group are trained together');
    return found.length === 1 ? found[0] : this.#runtime.tf.concat1d(found as Tensor1D[]);
  }

  /** What `ResourceApply…` operations take; values read before are gone, and those read before the update would be stale. */
  handleForUpdate(): Tensor {
    this.#release();
    return this.#resource.handleForUpdate();
  }

  dispose(): void {
    this.#release();
    this.#resource.dispose();
  }

  #read(): ReadonlyMap<string, Tensor> {
    const { tf } = this.#runtime;
    const { value } = this.#resource;
    const parts =
      this.plans.length === 1 ? [value.clone()] : tf.split(value as Tensor1D, this.plans.map(sizeOf));
    return new Map(this.plans.map(({ name }, at) => [name, tf.keep(parts[at])]));
  }

  #release(): void {
    for (const value of this.#values.values()) value.dispose();
    this.#values = new Map();
  }
}

/** Each matrix by itself, all vectors together. */
export function groupParameters(plans: readonly ParameterPlan[]): ParameterPlan[][] {
  const matrices = plans.filter(({ shape }) => shape.length > 1).map((plan) => [plan]);
  const vectors = plans.filter(({ shape }) => shape.length === 1);
  assert(!vectors.some(({ role }) => role === 'weight'), 'weights are matrices');
  return vectors.length === 0 ? matrices : [...matrices, vectors];
}

function concatenated(
  plans: readonly ParameterPlan[],
  values: ReadonlyMap<string, StoredTensor>,
): Float32Array {
  return joinFloats(
    plans.map((plan) => {
      const stored = values.get(plan.name);
      assert(stored !== undefined, `no values for parameter ${plan.name}`);
      assertShape(stored.shape, plan.shape, plan.name);
      return stored.values;
    }),
  );
}

function sizeOf({ shape }: ParameterPlan): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
