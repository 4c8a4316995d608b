// ONNX Runtime behind imaging's `TensorModel`: opens a model from bytes, runs it, gives its memory back.

import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { assert } from '../../common/assert.ts';
import { GlimpseError, messageOf } from '../../common/errors.ts';
import type { NamedTensors, Tensor, TensorModel } from '../../imaging/tensor-model.ts';

export interface OnnxOptions {
  /** Threads inside one operator; 2 where omitted. */
  readonly intraOpNumThreads?: number;
  /** `extended` where omitted. `all` adds the NCHWc layout: 3 × faster on networks of plain Conv and Relu, 3 × slower on PReLU ones. */
  readonly graphOptimizationLevel?: 'extended' | 'all';
}

/** One named input or output as the file declares it; a free axis is null. */
export interface OnnxPort {
  readonly name: string;
  readonly dims: readonly (number | null)[];
}

export interface OnnxModel extends TensorModel {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  dispose(): Promise<void>;
}

/**
 * Opens ONNX bytes; `name` is what errors call them. Throws `bad-model` for bytes ONNX Runtime refuses.
 */
export async function openOnnxModel(
  bytes: Uint8Array,
  name: string,
  options: OnnxOptions = {},
): Promise<OnnxModel> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(bytes, {
      graphOptimizationLevel: options.graphOptimizationLevel ?? 'extended',
      executionMode: 'sequential',
      intraOpNumThreads: options.intraOpNumThreads ?? 2,
      logSeverityLevel: 3,
      // Idle threads sleep: spinning ones doubled the processor time beside other work and saved none of the wall time.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (error) {
    throw new GlimpseError('bad-model', `${name} is not a usable ONNX model: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return {
    inputs: session.inputMetadata.map(portOf),
    outputs: session.outputMetadata.map(portOf),
    run: (inputs) => run(session, inputs, name),
    dispose: () => session.release(),
  };
}

function portOf(metadata: InferenceSession.ValueMetadata): OnnxPort {
  if (!metadata.isTensor) return { name: metadata.name, dims: [] };
  const dims = metadata.shape.map((size) => (typeof size === 'number' && size > 0 ? size : null));
  return { name: metadata.name, dims };
}

async function run(session: InferenceSession, inputs: NamedTensors, name: string): Promise<NamedTensors> {
  const feeds: Record<string, OrtTensor> = {};
  for (const [key, { data, dims }] of Object.entries(inputs))
    feeds[key] = new OrtTensor('float32', data, dims);
  let results: InferenceSession.ReturnType;
  try {
    results = await session.run(feeds);
  } catch (error) {
    throw new GlimpseError('bad-model', `${name} refused its inputs: ${messageOf(error)}`, { cause: error });
  }
  const outputs: Record<string, Tensor> = {};
  for (const [key, value] of Object.entries(results)) {
    assert(value.data instanceof Float32Array, `output ${key} of ${name} is ${value.type}, expected float32`);
    outputs[key] = { data: value.data, dims: value.dims };
  }
  return outputs;
}
