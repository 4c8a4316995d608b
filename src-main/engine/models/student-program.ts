// A folded network as our own module takes it: a program of numbers, and all weights in one array.

import { assert } from '../../common/assert.ts';
import { joinFloats } from '../../common/matrix.ts';
import { embeddingSizeOf, type FoldedConvolution, type FoldedNetwork } from './folded-network.ts';

/** Input size, stem channels, D, blocks; then channels, stride and whether it projects, block by block. */
export function programOf(network: FoldedNetwork): Int32Array {
  const { inputSize, stem, blocks } = network;
  // The rest of the shapes is fixed: the module refuses weights of any other number.
  assert(
    stem.stride === 1 && blocks.every(({ first }) => first.stride === 1),
    'only second convolutions stride',
  );
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

/** In the order in which `native/student/plan.cc` gives out their places. */
export function weightsOf(network: FoldedNetwork): Float32Array {
  return joinFloats(partsOf(network));
}

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
