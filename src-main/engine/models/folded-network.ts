// A student ready for inference: every batch norm folded away, plain arrays, no tensors.
// Training hands it over; the executor runs it, the ONNX export writes it.

import { assert } from '../../common/assert.ts';
import { samePaddedSize } from '../layers/convolution-shape.ts';

/** An embedding shorter than this is divided by this, so that a zero vector stays zero. */
export const SMALLEST_LENGTH = 1e-12;

/** Per channel: x · scale + offset. */
export interface FoldedAffine {
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/** A convolution with TensorFlow's SAME padding and equal strides. */
export interface FoldedConvolution {
  readonly kernelSize: number;
  readonly stride: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** [k, k, C_in, C_out]. */
  readonly weights: Float32Array;
  /** [C_out]. */
  readonly bias: Float32Array;
}

/** y = second(prelu(first(affine(x)))) + shortcut(x). */
export interface FoldedBlock {
  /**
   * The norm before the first convolution. Its offset cannot move into that convolution's bias, because the
   * convolution pads with zeros after it: at the border fewer taps see the offset.
   */
  readonly affine: FoldedAffine;
  readonly first: FoldedConvolution;
  readonly slopes: Float32Array;
  readonly second: FoldedConvolution;
  /** 1×1 convolution of the shortcut; null where the shortcut is the input itself. */
  readonly projection: FoldedConvolution | null;
}

export interface FoldedNetwork {
  /** r: side of the faces it is given, [B, r, r, 3], whose pixels are (v − 127.5) / 127.5. */
  readonly resolutionPx: number;
  /** Side of the map that the stem reads; faces are upsampled (bicubic, a = −0.5) where it is larger than r. */
  readonly inputSize: number;
  readonly stem: FoldedConvolution;
  readonly stemSlopes: Float32Array;
  readonly blocks: readonly FoldedBlock[];
  /** The norm before the head. */
  readonly headAffine: FoldedAffine;
  /** Rows follow the NHWC flatten (h, w, c): [lastSize² · C, D]. */
  readonly headWeights: Float32Array;
  /** [D]. */
  readonly headBias: Float32Array;
}

/** Input sizes of each block, then the size of the last map. */
export function mapSizes(network: FoldedNetwork): number[] {
  const sizes = [samePaddedSize(network.inputSize, network.stem.stride)];
  for (const block of network.blocks)
    sizes.push(samePaddedSize(sizes[sizes.length - 1], block.second.stride));
  return sizes;
}

export function embeddingSizeOf(network: FoldedNetwork): number {
  return network.headBias.length;
}

/** Checks that every array has the size that its neighbours ask for; a mismatch is a bug of the folding. */
export function assertConsistent(network: FoldedNetwork): void {
  assertConvolution(network.stem, 3, 'stem');
  let channels = network.stem.outputChannels;
  assertLength(network.stemSlopes, channels, 'stem slopes');
  network.blocks.forEach((block, index) => {
    const name = `block ${index}`;
    assertAffine(block.affine, channels, `${name} affine`);
    assertConvolution(block.first, channels, `${name} first`);
    assertLength(block.slopes, block.first.outputChannels, `${name} slopes`);
    assertConvolution(block.second, block.first.outputChannels, `${name} second`);
    if (block.projection) {
      assertConvolution(block.projection, channels, `${name} projection`);
      assert(
        block.projection.outputChannels === block.second.outputChannels &&
          block.projection.stride === block.second.stride * block.first.stride,
        `${name}: the projection's channels and stride match the main path's`,
      );
    }
    channels = block.second.outputChannels;
  });
  assertAffine(network.headAffine, channels, 'head affine');
  const lastSize = mapSizes(network)[network.blocks.length];
  assertLength(network.headWeights, lastSize ** 2 * channels * embeddingSizeOf(network), 'head weights');
}

function assertConvolution(convolution: FoldedConvolution, inputChannels: number, name: string): void {
  const { kernelSize, outputChannels, weights, bias } = convolution;
  assert(kernelSize === 1 || kernelSize === 3, `${name} has a kernel of 1 or 3`);
  assert(convolution.inputChannels === inputChannels, `${name} reads ${inputChannels} channels`);
  assertLength(weights, kernelSize ** 2 * inputChannels * outputChannels, `${name} weights`);
  assertLength(bias, outputChannels, `${name} bias`);
}

function assertAffine(affine: FoldedAffine, channels: number, name: string): void {
  assertLength(affine.scale, channels, `${name} scale`);
  assertLength(affine.offset, channels, `${name} offset`);
}

function assertLength(values: Float32Array, length: number, name: string): void {
  assert(values.length === length, `${name} has ${values.length} values, expected ${length}`);
}
