// TensorFlow operations by name: the ones that tfjs does not wrap, or wraps from many small ones.

import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import type { Tf } from './load.ts';

type Attribute = Parameters<NodeJSKernelBackend['executeSingleOutput']>[1][number];

/** Attribute constructors and two calls; every wrapper of a named operation is built on these. */
export class NativeOps {
  readonly backend: NodeJSKernelBackend;
  readonly #floatType: Attribute;
  /** Whether `engine/native` is compiled into the binding and runs here: its kernels are for the CPU. */
  readonly hasOwnKernels: boolean;

  constructor(tf: Tf) {
    this.backend = tf.backend() as NodeJSKernelBackend;
    this.#floatType = this.type('T', 'float32');
    this.hasOwnKernels = !this.backend.isUsingGpuDevice && this.#runsOwnKernels(tf);
  }

  /** The attribute `T = float32`, which most operations want. */
  get floatType(): Attribute {
    return this.#floatType;
  }

  type(name: string, dtype: 'float32' | 'int32' | 'bool'): Attribute {
    const { binding } = this.backend;
    return { name, type: binding.TF_ATTR_TYPE, value: this.backend.getDTypeInteger(dtype) };
  }

  int(name: string, value: number | number[]): Attribute {
    return { name, type: this.backend.binding.TF_ATTR_INT, value };
  }

  float(name: string, value: number): Attribute {
    return { name, type: this.backend.binding.TF_ATTR_FLOAT, value };
  }

  bool(name: string, value: boolean): Attribute {
    return { name, type: this.backend.binding.TF_ATTR_BOOL, value };
  }

  shape(name: string, value: readonly number[]): Attribute {
    return { name, type: this.backend.binding.TF_ATTR_SHAPE, value: [...value] };
  }

  string(name: string, value: string): Attribute {
    return { name, type: this.backend.binding.TF_ATTR_STRING, value };
  }

  #runsOwnKernels(tf: Tf): boolean {
    try {
      return tf.tidy(() => this.run('GlimpsePrelu', [], [tf.ones([1]), tf.ones([1])]).dataSync()[0] === 1);
    } catch {
      return false;
    }
  }

  /** Runs an operation with one output. */
  run(name: string, attributes: Attribute[], inputs: Tensor[]): Tensor {
    return this.backend.executeSingleOutput(name, attributes, inputs);
  }

  /** Runs an operation with several outputs, or none. */
  runMany(name: string, attributes: Attribute[], inputs: Tensor[], outputs: number): Tensor[] {
    return this.backend.executeMultipleOutputs(name, attributes, inputs, outputs);
  }
}
