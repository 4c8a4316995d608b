// Embeddings of low-resolution faces from a student, batch by batch, batch norms folded into the convolutions.

import { joinFloats, type Matrix, matrix, normaliseRows } from '../common/matrix.ts';
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
  embedNow(pixels: Uint8Array): Matrix;
  /** The same; on a CPU while the calling thread goes on. */
  embed(pixels: Uint8Array): Promise<Matrix>;
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
  const { resolutionPx } = network;
  const executor = createFoldedExecutor(runtime, network);
  const shape = { resolutionPx, embeddingSize, facesPerBatch: FACES_PER_BATCH };
  return {
    resolutionPx,
    embeddingSize,
    embedNow: (pixels) => embedInBatches(pixels, shape, (scaled) => executor.embedNow(scaled)),
    embed: async (pixels) => {
      const rows: Float32Array[] = [];
      for (const batch of batchesOf(pixels, shape)) rows.push(await executor.embed(scalePixels(batch)));
      return unitRows(rows, embeddingSize);
    },
    dispose: () => executor.dispose(),
  };
}

interface BatchShape {
  readonly resolutionPx: number;
  readonly facesPerBatch: number;
}

function* batchesOf(pixels: Uint8Array, { resolutionPx, facesPerBatch }: BatchShape): Generator<Uint8Array> {
  const length = facesPerBatch * 3 * resolutionPx ** 2;
  for (let first = 0; first < pixels.length; first += length) yield pixels.subarray(first, first + length);
}

function unitRows(batches: readonly Float32Array[], embeddingSize: number): Matrix {
  return normaliseRows(matrix(joinFloats(batches), embeddingSize));
}

/** Scales bytes to (v − 127.5) / 127.5, runs batches of [B · r · r · 3] and gathers unit rows. */
export function embedInBatches(
  pixels: Uint8Array,
  shape: BatchShape & { readonly embeddingSize: number },
  run: (scaled: Float32Array, count: number) => Float32Array,
): Matrix {
  const numbersPerFace = 3 * shape.resolutionPx ** 2;
  const rows = Array.from(batchesOf(pixels, shape), (batch) =>
    run(scalePixels(batch), batch.length / numbersPerFace),
  );
  return unitRows(rows, shape.embeddingSize);
}

/** Bytes → (v − 127.5) / 127.5. */
export function scalePixels(bytes: Uint8Array): Float32Array {
  const scaled = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) scaled[i] = (bytes[i] - 127.5) / 127.5;
  return scaled;
}
