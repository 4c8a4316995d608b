// Maps laid out pixel by pixel, [pixels, B, 1, C]: there a convolution of a small map is a few batched matrix products.
// oneDNN's 3×3 kernel reaches a quarter of a matrix product's speed on 2×2 maps (measured: EXPERIMENTS.md).

import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime, Tf } from '../runtime/load.ts';
import { planarAlgorithm, type Rows } from './bilinear.ts';
import type { Convolution } from './convolution.ts';
import { type ConvolutionShape, pixelsSeen } from './convolution-shape.ts';

/** Maps of up to this side are convolved pixel-major. */
export const LARGEST_PIXEL_MAJOR_SIZE = 4;

/** [B, H, W, C] → [H·W, B, 1, C]. */
export function toPixelMajor(map: Tensor4D): Tensor4D {
  const [batch, height, width, channels] = map.shape;
  const flat = map.reshape([batch, height * width, channels]);
  return flat.transpose([1, 0, 2]).reshape([height * width, batch, 1, channels]);
}

/** [pixels, B, 1, C] → [B, pixels · C]. */
export function flattenPixelMajor(map: Tensor4D): Tensor2D {
  const [pixels, batch, , channels] = map.shape;
  return map
    .reshape([pixels, batch, channels])
    .transpose([1, 0, 2])
    .reshape([batch, pixels * channels]);
}

export function createPixelMajorConvolution(runtime: Runtime, shape: ConvolutionShape): Convolution {
  return shape.kernelSize === 1 ? createProjection(runtime, shape) : createBilinear(runtime, shape);
}

/** A strided 1×1 convolution: some pixels, one matrix. */
function createProjection({ tf }: Runtime, shape: ConvolutionShape): Convolution {
  const { inputSize, stride, inputChannels, outputChannels } = shape;
  const pixels = tf.keep(tf.tensor1d(pixelsSeen(inputSize, stride), 'int32'));
  return {
    apply: (input, weights) => {
      const seen = stride === 1 ? input : tf.gather(input, pixels); // [output pixels, B, 1, C_in]
      const rows = seen.reshape([-1, inputChannels]) as Tensor2D;
      const product = tf.matMul(rows, weights.reshape([inputChannels, outputChannels]));
      return product.reshape([-1, input.shape[1], 1, outputChannels]) as Tensor4D;
    },
    dispose: () => pixels.dispose(),
  };
}

/** y = A·((G·w) ⊙ (P·x)) with constant matrices A, G and P; ⊙ is one matrix product over channels per row. */
function createBilinear({ tf, ops }: Runtime, shape: ConvolutionShape): Convolution {
  const { inputSize, inputChannels, outputChannels, kernelSize, stride } = shape;
  const algorithm = planarAlgorithm(inputSize, stride);
  const toFactors = tf.keep(matrixOf(tf, algorithm.input)); // P: [products, input pixels]
  const toKernels = tf.keep(matrixOf(tf, algorithm.weights)); // G: [products, taps]
  const toPixels = tf.keep(matrixOf(tf, algorithm.output)); // A: [output pixels, products]
  const products = algorithm.input.length;
  const batchMatMul = (
    left: Tensor,
    right: Tensor,
    transposeLeft: boolean,
    transposeRight: boolean,
  ): Tensor =>
    ops.run(
      'BatchMatMulV2',
      [ops.bool('adj_x', transposeLeft), ops.bool('adj_y', transposeRight), ops.floatType],
      [left, right],
    );
  const times = (matrix: Tensor2D, map: Tensor, transpose = false): Tensor2D =>
    tf.matMul(matrix, map.reshape([map.shape[0], -1]) as Tensor2D, transpose);

  const convolve = tf.customGrad((...parameters: unknown[]) => {
    const [input, weights, save] = parameters as [Tensor4D, Tensor4D, (saved: Tensor[]) => void];
    const batch = input.shape[1];
    const factors = times(toFactors, input).reshape([products, batch, inputChannels]);
    const taps = weights.reshape([kernelSize ** 2, inputChannels * outputChannels]);
    const kernels = times(toKernels, taps).reshape([products, inputChannels, outputChannels]);
    save([factors, kernels]);
    const product = batchMatMul(factors, kernels, false, false); // [products, B, C_out]
    const value = times(toPixels, product).reshape([-1, batch, 1, outputChannels]);
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [savedFactors, savedKernels] = saved;
      const gradient = times(toPixels, outputGradient, true).reshape([products, batch, outputChannels]);
      const inputGradient = times(toFactors, batchMatMul(gradient, savedKernels, false, true), true);
      const weightGradient = times(toKernels, batchMatMul(savedFactors, gradient, true, false), true);
      return [inputGradient.reshape([-1, batch, 1, inputChannels]), weightGradient.reshape(weights.shape)];
    };
    return { value, gradFunc };
  });
  return {
    apply: (input, weights) => convolve(input, weights) as Tensor4D,
    dispose: () => tf.dispose([toFactors, toKernels, toPixels]),
  };
}

function matrixOf(tf: Tf, rows: Rows): Tensor2D {
  return tf.tensor2d(Float32Array.from(rows.flat()), [rows.length, rows[0].length]);
}
