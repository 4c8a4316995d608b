// Embeddings of low-resolution faces from a student, batch by batch, batch norms folded into the convolutions.

import type { Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { type Matrix, matrix, normaliseRows } from '../common/matrix.ts';
import { type FoldableNetwork, foldNetwork } from './models/fold.ts';
import { createFoldedExecutor } from './models/folded-executor.ts';
import type { FoldedNetwork } from './models/folded-network.ts';
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

/** Folds the network with the given statistics (training's or a FaceBN profile's) and keeps it ready. */
export function createEmbedder(
  runtime: Runtime,
  network: FoldableNetwork,
  statistics: ReadonlyMap<string, PlainStatistics> = network.statistics,
): Embedder {
  const { embeddingSize } = network.card.spec;
  return createFoldedEmbedder(runtime, foldNetwork(network, statistics), embeddingSize);
}

/** The same for a network that is folded already. */
export function createFoldedEmbedder(
  runtime: Runtime,
  network: FoldedNetwork,
  embeddingSize: number,
): Embedder {
  const { tf } = runtime;
  const { resolutionPx } = network;
  const executor = createFoldedExecutor(runtime, network);
  const shape = { resolutionPx, embeddingSize, facesPerBatch: FACES_PER_BATCH };
  return {
    resolutionPx,
    embeddingSize,
    embed: (pixels) =>
      embedInBatches(pixels, shape, (scaled, count) => {
        const embeddings = tf.tidy(() => {
          const faces: Tensor4D = tf.tensor4d(scaled, [count, resolutionPx, resolutionPx, 3]);
          return executor.embed(faces);
        });
        const values = embeddings.dataSync<'float32'>();
        embeddings.dispose();
        return values;
      }),
    dispose: () => executor.dispose(),
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
