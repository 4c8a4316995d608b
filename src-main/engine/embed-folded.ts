// Embeddings from a folded student: the fast way for statistics that no longer change.

import { type Embedder, embedInBatches } from './embed.ts';
import { createFoldedExecutor } from './models/folded-executor.ts';
import { embeddingSizeOf, type FoldedNetwork } from './models/folded-network.ts';
import type { Runtime } from './runtime/load.ts';

/** Larger batches gain little, smaller ones stream the weights too often (measured: EXPERIMENTS.md). */
const FACES_PER_BATCH = 256;

/** Uploads the network once; the embedder frees it. */
export function createFoldedInference(runtime: Runtime, network: FoldedNetwork): Embedder {
  const { tf } = runtime;
  const { resolutionPx } = network;
  const embeddingSize = embeddingSizeOf(network);
  const executor = createFoldedExecutor(runtime, network);
  const run = (scaled: Float32Array, count: number): Float32Array => {
    const input = tf.tensor4d(scaled, [count, resolutionPx, resolutionPx, 3]);
    const embeddings = executor.embed(input);
    const values = embeddings.dataSync<'float32'>();
    tf.dispose([input, embeddings]);
    return values;
  };
  return {
    resolutionPx,
    embeddingSize,
    embed: (pixels) =>
      embedInBatches(pixels, { resolutionPx, embeddingSize, facesPerBatch: FACES_PER_BATCH }, run),
    dispose: () => executor.dispose(),
  };
}
