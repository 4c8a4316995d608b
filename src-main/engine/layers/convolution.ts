// Convolutions with TensorFlow's SAME padding and their gradients.
// On maps of up to 2×2 they are matrix products over patches: oneDNN's own 3×3 kernel reaches a quarter of the speed there.

import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

/** Output maps of up to this side go through patches (measured: EXPERIMENTS.md). */
const LARGEST_PATCH_OUTPUT = 2;

/** Height × width × channels in, kernel × kernel × C_in × C_out weights, equal strides, no bias. */
export interface ConvolutionShape {
  readonly inputSize: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
}

export function outputSizeOf(shape: ConvolutionShape): number {
  return Math.ceil(shape.inputSize / shape.stride);
}

export interface Convolution {
  /** [B, H, H, C_in] and [k, k, C_in, C_out] → [B, ⌈H / stride⌉, ⌈H / stride⌉, C_out]; differentiable in both. */
  apply(input: Tensor4D, weights: Tensor4D): Tensor4D;
  dispose(): void;
}

/** Prepares a convolution of one shape; it keeps one small constant tensor until it is disposed of. */
export function createConvolution(runtime: Runtime, shape: ConvolutionShape): Convolution {
  const usesPatches = shape.kernelSize > 1 && outputSizeOf(shape) <= LARGEST_PATCH_OUTPUT;
  if (usesPatches) return createPatchConvolution(runtime, shape);
  return createDirectConvolution(runtime, shape);
}

function createDirectConvolution({ tf, ops }: Runtime, shape: ConvolutionShape): Convolution {
  const { kernelSize, inputChannels, outputChannels, inputSize, stride } = shape;
  const attributes = [
    ops.floatType,
    ops.int('strides', [1, stride, stride, 1]),
    ops.string('padding', 'SAME'),
    ops.string('data_format', 'NHWC'),
    ops.bool('use_cudnn_on_gpu', true),
    ops.int('dilations', [1, 1, 1, 1]),
  ];
  const weightShape = tf.keep(tf.tensor1d([kernelSize, kernelSize, inputChannels, outputChannels], 'int32'));
  const convolve = tf.customGrad((...parameters: unknown[]) => {
    const [input, weights, save] = parameters as [Tensor4D, Tensor4D, (saved: Tensor[]) => void];
    save([input, weights]);
    const value = ops.run('Conv2D', attributes, [input, weights]);
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [x, w] = saved;
      const inputShape = tf.tensor1d([x.shape[0], inputSize, inputSize, inputChannels], 'int32');
      return [
        ops.run('Conv2DBackpropInput', attributes, [inputShape, w, outputGradient]),
        ops.run('Conv2DBackpropFilter', attributes, [x, weightShape, outputGradient]),
      ];
    };
    return { value, gradFunc };
  });
  return {
    apply: (input, weights) => convolve(input, weights) as Tensor4D,
    dispose: () => weightShape.dispose(),
  };
}

function createPatchConvolution({ tf, ops }: Runtime, shape: ConvolutionShape): Convolution {
  const { kernelSize, inputChannels, outputChannels, inputSize } = shape;
  const outputSize = outputSizeOf(shape);
  const patchSize = kernelSize * kernelSize * inputChannels;
  const selection = tf.keep(
    tf.tensor3d(patchSelection(shape), [1, outputSize ** 2 * kernelSize ** 2, inputSize ** 2]),
  );
  const batchMatMul = (left: Tensor, right: Tensor, transposeLeft: boolean): Tensor =>
    ops.run(
      'BatchMatMulV2',
      [ops.bool('adj_x', transposeLeft), ops.bool('adj_y', false), ops.floatType],
      [left, right],
    );
  const convolve = tf.customGrad((...parameters: unknown[]) => {
    const [input, weights, save] = parameters as [Tensor4D, Tensor4D, (saved: Tensor[]) => void];
    const batch = input.shape[0];
    const pixels = input.reshape([batch, inputSize ** 2, inputChannels]);
    const patches = batchMatMul(selection, pixels, false).reshape([batch * outputSize ** 2, patchSize]);
    save([patches, weights]);
    const product = tf.matMul(patches, weights.reshape([patchSize, outputChannels]));
    const value = product.reshape([batch, outputSize, outputSize, outputChannels]);
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [p, w] = saved;
      const rows = outputGradient.reshape([batch * outputSize ** 2, outputChannels]);
      const patchGradient = tf
        .matMul(rows, w.reshape([patchSize, outputChannels]), false, true)
        .reshape([batch, outputSize ** 2 * kernelSize ** 2, inputChannels]);
      return [
        batchMatMul(selection, patchGradient, true).reshape([batch, inputSize, inputSize, inputChannels]),
        tf.matMul(p, rows, true, false).reshape(w.shape),
      ];
    };
    return { value, gradFunc };
  });
  return {
    apply: (input, weights) => convolve(input, weights) as Tensor4D,
    dispose: () => selection.dispose(),
  };
}

/**
 * [output pixels × taps, input pixels] of zeros and ones: which input pixel each tap of each output pixel reads.
 * A row of zeros is a tap that falls on the padding. SAME pads ⌊total / 2⌋ before and the rest after.
 */
export function patchSelection(shape: ConvolutionShape): Float32Array {
  const { kernelSize, inputSize, stride } = shape;
  const outputSize = outputSizeOf(shape);
  const before = Math.floor(Math.max((outputSize - 1) * stride + kernelSize - inputSize, 0) / 2);
  const selection = new Float32Array(outputSize ** 2 * kernelSize ** 2 * inputSize ** 2);
  let row = 0;
  for (let outY = 0; outY < outputSize; outY++) {
    for (let outX = 0; outX < outputSize; outX++) {
      for (let tapY = 0; tapY < kernelSize; tapY++) {
        for (let tapX = 0; tapX < kernelSize; tapX++, row++) {
          const y = outY * stride + tapY - before;
          const x = outX * stride + tapX - before;
          const isInside = y >= 0 && y < inputSize && x >= 0 && x < inputSize;
          if (isInside) selection[row * inputSize ** 2 + y * inputSize + x] = 1;
        }
      }
    }
  }
  return selection;
}
