// Embeddings of low-resolution faces from a student, batch by batch, with given batch-norm statistics.

import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { type Matrix, matrix, normaliseRows } from '../common/matrix.ts';
import { type BatchStatistics, createBatchNorm } from './layers/batch-norm.ts';
import type { IResNet, Normalise } from './models/iresnet.ts';
import type { PlainStatistics } from './models/parameters.ts';
import type { Runtime } from './runtime/load.ts';

/** Gives faces of r×r pixels unit embeddings. */
export interface Embedder {
  readonly resolutionPx: number;
  readonly embeddingSize: number;
  /** [N × r × r × 3] bytes → N × D unit rows. */
  embed(pixels: Uint8Array): Matrix;
  dispose(): void;
}

const FACES_PER_BATCH = 256;

/** Runs the network as it stands: exact, and in step with training; a frozen student runs faster when folded. */
export function createInference(
  runtime: Runtime,
  network: IResNet,
  statistics: ReadonlyMap<string, PlainStatistics>,
): Embedder {
  const { tf } = runtime;
  const batchNorm = createBatchNorm(runtime);
  const tensors = new Map<string, BatchStatistics>();
  for (const [name, { mean, variance }] of statistics) {
    tensors.set(name, { mean: tf.keep(tf.tensor1d(mean)), variance: tf.keep(tf.tensor1d(variance)) });
  }
  const normalise: Normalise = (name, input: Tensor4D, scale: Tensor1D, offset: Tensor1D) =>
    batchNorm.infer(input, scale, offset, tensors.get(name) as BatchStatistics);
  const { resolutionPx, embeddingSize } = network.plan.spec;
  return {
    resolutionPx,
    embeddingSize,
    embed: (pixels) =>
      embedInBatches(
        pixels,
        { resolutionPx, embeddingSize, facesPerBatch: FACES_PER_BATCH },
        (scaled, count) =>
          tf.tidy(() => {
            const input = tf.tensor4d(scaled, [count, resolutionPx, resolutionPx, 3]);
            return network.forward(input, normalise).dataSync<'float32'>();
          }),
      ),
    dispose: () => {
      batchNorm.dispose();
      for (const { mean, variance } of tensors.values()) {
        mean.dispose();
        variance.dispose();
      }
    },
  };
}

/** Scales bytes to (v − 127.5) / 127.5, runs batches and gathers unit rows. */
export function embedInBatches(
  pixels: Uint8Array,
  shape: { resolutionPx: number; embeddingSize: number; facesPerBatch: number },
  run: (scaled: Float32Array, count: number) => Float32Array,
): Matrix {
  const { resolutionPx, embeddingSize, facesPerBatch } = shape;
  const pixelCount = resolutionPx ** 2 * 3;
  const faces = pixels.length / pixelCount;
  const embeddings = new Float32Array(faces * embeddingSize);
  for (let first = 0; first < faces; first += facesPerBatch) {
    const count = Math.min(facesPerBatch, faces - first);
    const scaled = scalePixels(pixels.subarray(first * pixelCount, (first + count) * pixelCount));
    embeddings.set(run(scaled, count), first * embeddingSize);
  }
  return normaliseRows(matrix(embeddings, embeddingSize));
}

/** Bytes → (v − 127.5) / 127.5. */
export function scalePixels(bytes: Uint8Array): Float32Array {
  const scaled = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) scaled[i] = (bytes[i] - 127.5) / 127.5;
  return scaled;
}
