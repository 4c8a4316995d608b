// Moves the biases that end a block into whatever reads the block: same embeddings, one pass over each map less.

import type { FoldedBlock, FoldedConvolution, FoldedNetwork } from './folded-network.ts';

/**
 * The same network with no bias in any block's second convolution or projection. Every map between blocks lacks a
 * constant per channel, which the next affine's offset and the head's make good. Exact but for rounding.
 */
export function deferBiases(network: FoldedNetwork): FoldedNetwork {
  let missing = new Float32Array(network.stem.outputChannels);
  const blocks: FoldedBlock[] = [];
  for (const block of network.blocks) {
    const { affine, second, projection } = block;
    const throughShortcut = projection ? sum(timesMatrix(missing, projection), projection.bias) : missing;
    blocks.push({
      ...block,
      affine: { scale: affine.scale, offset: sum(affine.offset, product(affine.scale, missing)) },
      second: withoutBias(second),
      projection: projection && withoutBias(projection),
    });
    missing = sum(second.bias, throughShortcut);
  }
  const { scale, offset } = network.headAffine;
  return { ...network, blocks, headAffine: { scale, offset: sum(offset, product(scale, missing)) } };
}

function withoutBias(convolution: FoldedConvolution): FoldedConvolution {
  return { ...convolution, bias: new Float32Array(convolution.bias.length) };
}

/** A constant map through a 1×1 convolution: a vector times its matrix. */
function timesMatrix(
  vector: Float32Array,
  { weights, outputChannels }: FoldedConvolution,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(outputChannels);
  for (let row = 0; row < vector.length; row++) {
    for (let column = 0; column < outputChannels; column++) {
      result[column] += vector[row] * weights[row * outputChannels + column];
    }
  }
  return result;
}

function sum(left: Float32Array, right: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(left, (value, index) => value + right[index]);
}

function product(left: Float32Array, right: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(left, (value, index) => value * right[index]);
}
