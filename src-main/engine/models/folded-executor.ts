// Runs a folded network: pixels in, unit embeddings out. By our own module on a CPU, by TensorFlow elsewhere.

import { assert } from '../../common/assert.ts';
import { createUpsampler } from '../layers/upsample.ts';
import type { Runtime } from '../runtime/load.ts';
import type { StudentModule } from '../runtime/student-module.ts';
import { assertConsistent, type FoldedNetwork } from './folded-network.ts';
import { programOf, weightsOf } from './student-program.ts';
import { createTensorFlowExecutor, facesOf } from './tensorflow-executor.ts';

export interface FoldedExecutor {
  /** [B · r · r · 3] pixels (v − 127.5) / 127.5 → [B · D] unit rows. */
  embedNow(pixels: Float32Array): Float32Array<ArrayBuffer>;
  /** The same; where it can be, while the calling thread goes on. */
  embed(pixels: Float32Array): Promise<Float32Array<ArrayBuffer>>;
  /** Not while a batch is on its way in TensorFlow's form; in ours, it arrives. */
  dispose(): void;
}

/** Uploads the weights once; they live until `dispose`. */
export function createFoldedExecutor(
  runtime: Runtime,
  network: FoldedNetwork,
  students = runtime.students,
): FoldedExecutor {
  assertConsistent(network);
  const executor =
    students === null ? createTensorFlowExecutor(runtime, network) : byModule(runtime, students, network);
  const numbersPerFace = 3 * network.resolutionPx ** 2;
  const areFaces = (pixels: Float32Array): boolean => {
    assert(
      pixels.length % numbersPerFace === 0,
      `${pixels.length} numbers are no faces of [${network.resolutionPx}, ${network.resolutionPx}, 3]`,
    );
    return pixels.length > 0;
  };
  return {
    embedNow: (pixels) => (areFaces(pixels) ? executor.embedNow(pixels) : new Float32Array()),
    embed: async (pixels) => (areFaces(pixels) ? executor.embed(pixels) : new Float32Array()),
    dispose: executor.dispose,
  };
}

function byModule(runtime: Runtime, students: StudentModule, network: FoldedNetwork): FoldedExecutor {
  const student = students.open(programOf(network), weightsOf(network));
  const { tf } = runtime;
  const { resolutionPx, inputSize } = network;
  const upsample = createUpsampler(runtime, inputSize);
  const sized = (pixels: Float32Array): Float32Array => {
    if (inputSize === resolutionPx) return pixels;
    const large = tf.tidy(() => upsample(facesOf(runtime, pixels, resolutionPx)));
    const values = large.dataSync<'float32'>();
    large.dispose();
    return values;
  };
  return {
    embedNow: (pixels) => students.embedNow(student, sized(pixels)),
    embed: (pixels) => students.embed(student, sized(pixels)),
    dispose: () => students.close(student),
  };
}
