// Float tensors that TensorFlow updates in place; tfjs's own variables get a new tensor with each assignment.

import { randomUUID } from 'node:crypto';
import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from './load.ts';

/** One resource variable of TensorFlow, float32. */
export class Resource {
  readonly shape: readonly number[];
  readonly #runtime: Runtime;
  readonly #handle: Tensor;
  #value: Tensor | null;

  /** `values` null starts at 0. */
  constructor(runtime: Runtime, shape: readonly number[], values: Float32Array | null) {
    const { tf, ops } = runtime;
    this.#runtime = runtime;
    this.shape = shape;
    const attributes = [
      ops.string('container', ''),
      ops.string('shared_name', randomUUID()),
      ops.type('dtype', 'float32'),
      ops.shape('shape', shape),
    ];
    this.#handle = tf.keep(ops.run('VarHandleOp', attributes, []));
    tf.tidy(() => {
      const initial = values === null ? tf.zeros([...shape]) : tf.tensor(values, [...shape]);
      ops.runMany('AssignVariableOp', [ops.type('dtype', 'float32')], [this.#handle, initial], 0);
    });
    this.#value = this.#read();
  }

  /** The current value, without a copy; it lives until the next `handleForUpdate` and belongs to the resource. */
  get value(): Tensor {
    this.#value ??= this.#read();
    return this.#value;
  }

  /**
   * What `ResourceApply…` operations take. Lets go of the value first, for they copy what someone still holds; a value read
   * between this and the update would be stale.
   */
  handleForUpdate(): Tensor {
    this.#value?.dispose();
    this.#value = null;
    return this.#handle;
  }

  #read(): Tensor {
    const { tf, ops } = this.#runtime;
    return tf.keep(ops.run('ReadVariableOp', [ops.type('dtype', 'float32')], [this.#handle]));
  }

  dispose(): void {
    const { ops } = this.#runtime;
    const handle = this.handleForUpdate();
    ops.runMany('DestroyResourceOp', [ops.bool('ignore_lookup_error', false)], [handle], 0);
    handle.dispose();
  }
}
