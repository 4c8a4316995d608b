// The folded network by definition, one face, plain loops: the reference of the executor and the export.

import type {
  FoldedAffine,
  FoldedConvolution,
  FoldedNetwork,
} from '../../../../src-main/engine/models/folded-network.ts';

interface FaceMap {
  readonly size: number;
  readonly channels: number;
  /** (h, w, c). */
  readonly values: Float64Array;
}

/** Pixels (h, w, c) of one face → its unit embedding. */
export function embedNaively(network: FoldedNetwork, pixels: Float32Array): Float64Array {
  let map: FaceMap = { size: network.inputSize, channels: 3, values: Float64Array.from(pixels) };
  map = prelu(convolve(map, network.stem), network.stemSlopes);
  for (const block of network.blocks) {
    const inner = prelu(convolve(affine(map, block.affine), block.first), block.slopes);
    const main = convolve(inner, block.second);
    const shortcut = block.projection ? convolve(map, block.projection) : map;
    map = { ...main, values: main.values.map((value, at) => value + shortcut.values[at]) };
  }
  const flat = affine(map, network.headAffine).values;
  const embedding = Float64Array.from(network.headBias);
  flat.forEach((value, row) => {
    for (let column = 0; column < embedding.length; column++) {
      embedding[column] += value * network.headWeights[row * embedding.length + column];
    }
  });
  const length = Math.hypot(...embedding);
  return embedding.map((value) => value / length);
}

function convolve(map: FaceMap, convolution: FoldedConvolution): FaceMap {
  const { kernelSize, stride, inputChannels, outputChannels, weights, bias } = convolution;
  const size = Math.ceil(map.size / stride);
  const before = Math.floor(Math.max((size - 1) * stride + kernelSize - map.size, 0) / 2);
  const values = new Float64Array(size * size * outputChannels);
  for (let outY = 0; outY < size; outY++) {
    for (let outX = 0; outX < size; outX++) {
      const target = values.subarray((outY * size + outX) * outputChannels).subarray(0, outputChannels);
      target.set(bias);
      for (let tap = 0; tap < kernelSize ** 2; tap++) {
        const y = outY * stride + Math.floor(tap / kernelSize) - before;
        const x = outX * stride + (tap % kernelSize) - before;
        if (y < 0 || y >= map.size || x < 0 || x >= map.size) continue;
        for (let input = 0; input < inputChannels; input++) {
          const value = map.values[(y * map.size + x) * inputChannels + input];
          const row = (tap * inputChannels + input) * outputChannels;
          for (let output = 0; output < outputChannels; output++)
            target[output] += value * weights[row + output];
        }
      }
    }
  }
  return { size, channels: outputChannels, values };
}

function affine(map: FaceMap, { scale, offset }: FoldedAffine): FaceMap {
  const values = map.values.map((value, at) => value * scale[at % map.channels] + offset[at % map.channels]);
  return { ...map, values };
}

function prelu(map: FaceMap, slopes: Float32Array): FaceMap {
  const values = map.values.map((value, at) => (value > 0 ? value : value * slopes[at % map.channels]));
  return { ...map, values };
}
