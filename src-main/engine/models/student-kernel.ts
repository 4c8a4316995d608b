// A folded network run by our own kernel (engine/native/student.cc): a program of numbers, its weights packed once, one call a batch.

import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';
import { embeddingSizeOf, type FoldedConvolution, type FoldedNetwork } from './folded-network.ts';

/** [B, size, size, 3] at the network's own input size → [B, D] unit rows, which the caller disposes of. */
export interface StudentKernel {
  embed(pixels: Tensor4D): Tensor2D;
  dispose(): void;
}

/** Packs the weights; they live until `dispose`. For the CPU, and where `ops.hasOwnKernels`. */
export function createStudentKernel({ tf, ops }: Runtime, network: FoldedNetwork): StudentKernel {
  const program = tf.keep(tf.tensor1d(programOf(network), 'int32'));
  const weights = tf.tensor1d(joined(partsOf(network)));
  const packed: Tensor = tf.keep(ops.run('GlimpsePackStudent', [], [program, weights]));
  weights.dispose();
  return {
    embed: (pixels) => ops.run('GlimpseEmbedFaces', [], [program, packed, pixels]) as Tensor2D,
    dispose: () => tf.dispose([program, packed]),
  };
}

/** Input size, stem channels, D, blocks; then channels, stride and whether it projects, block by block. */
function programOf(network: FoldedNetwork): Int32Array {
  const { inputSize, stem, blocks } = network;
  const rows = blocks.map(({ second, projection }) => [
    second.outputChannels,
    second.stride,
    projection === null ? 0 : 1,
  ]);
  return Int32Array.of(
    inputSize,
    stem.outputChannels,
    embeddingSizeOf(network),
    blocks.length,
    ...rows.flat(),
  );
}

/** The order in which `student-plan.cc` gives out their places. */
function partsOf(network: FoldedNetwork): Float32Array[] {
  const convolution = ({ weights, bias }: FoldedConvolution): Float32Array[] => [weights, bias];
  return [
    ...convolution(network.stem),
    network.stemSlopes,
    ...network.blocks.flatMap(({ affine, first, slopes, second, projection }) => [
      affine.scale,
      affine.offset,
      ...convolution(first),
      slopes,
      ...convolution(second),
      ...(projection === null ? [] : convolution(projection)),
    ]),
    network.headAffine.scale,
    network.headAffine.offset,
    network.headWeights,
    network.headBias,
  ];
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
