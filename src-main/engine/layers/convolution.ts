// A convolution and its gradients, for one shape and one of two layouts of the map.

import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';
import { type ConvolutionShape, samePaddedSize } from './convolution-shape.ts';

export interface Convolution {
  /** A map and [k, k, C_in, C_out] weights → a map of the same layout; differentiable in both. */
  apply(input: Tensor4D, weights: Tensor4D): Tensor4D;
  /** Frees the constants it holds. */
  dispose(): void;
}

/**
 * TensorFlow 2.21's kernel for the gradient of strided 1×1 weights writes past its buffers on maps of 56×56 and more with
 * fewer than 16 input channels (seen as crashes, and by glibc's MALLOC_CHECK_=3; 16 and more are right and checked).
 */
const FEWEST_NATIVE_PROJECTION_CHANNELS = 16;

/** [B, H, W, C_in] → [B, ⌈H / stride⌉, ⌈W / stride⌉, C_out]. `readsPixels`: nobody differentiates its input. */
export function createConvolution(
  runtime: Runtime,
  shape: ConvolutionShape,
  readsPixels = false,
): Convolution {
  const isProjection = shape.kernelSize === 1 && shape.stride > 1;
  return isProjection && shape.inputChannels < FEWEST_NATIVE_PROJECTION_CHANNELS
    ? createProjection(runtime, shape)
    : createNativeConvolution(runtime, shape, readsPixels);
}

/** By TensorFlow's own kernels. */
function createNativeConvolution(
  { tf, ops }: Runtime,
  shape: ConvolutionShape,
  readsPixels: boolean,
): Convolution {
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
        readsPixels
          ? tf.scalar(0)
          : ops.run('Conv2DBackpropInput', attributes, [inputShape, w, outputGradient]),
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

/** A strided 1×1 convolution as a slice and a matrix product: half as fast as the native one (the slice), but sound. */
function createProjection({ tf, ops }: Runtime, shape: ConvolutionShape): Convolution {
  const { inputSize, inputChannels, outputChannels, stride } = shape;
  const outputSize = samePaddedSize(inputSize, stride);
  const constants = [
    [0, 0, 0, 0],
    [0, inputSize, inputSize, 0],
    [1, stride, stride, 1],
  ].map((values) => tf.keep(tf.tensor1d(values, 'int32')));
  const wholeAxes = 0b1001; // the batch and the channels
  const attributes = [
    ops.floatType,
    ops.type('Index', 'int32'),
    ops.int('begin_mask', wholeAxes),
    ops.int('end_mask', wholeAxes),
    ops.int('ellipsis_mask', 0),
    ops.int('new_axis_mask', 0),
    ops.int('shrink_axis_mask', 0),
  ];
  const convolve = tf.customGrad((...parameters: unknown[]) => {
    const [input, weights, save] = parameters as [Tensor4D, Tensor4D, (saved: Tensor[]) => void];
    const batch = input.shape[0];
    const seen = ops.run('StridedSlice', attributes, [input, ...constants]); // [B, H', W', C_in]
    const rows = seen.reshape([-1, inputChannels]) as Tensor2D;
    const matrix = weights.reshape([inputChannels, outputChannels]) as Tensor2D;
    save([rows, matrix]);
    const value = tf.matMul(rows, matrix).reshape([batch, outputSize, outputSize, outputChannels]);
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [seenRows, weightMatrix] = saved as Tensor2D[];
      const upstream = outputGradient.reshape([-1, outputChannels]) as Tensor2D;
      const rowGradient = tf.matMul(upstream, weightMatrix, false, true);
      const inputShape = tf.tensor1d([batch, inputSize, inputSize, inputChannels], 'int32');
      return [
        ops.run('StridedSliceGrad', attributes, [
          inputShape,
          ...constants,
          rowGradient.reshape([batch, outputSize, outputSize, inputChannels]),
        ]),
        tf.matMul(seenRows, upstream, true).reshape([1, 1, inputChannels, outputChannels]),
      ];
    };
    return { value, gradFunc };
  });
  return {
    apply: (input, weights) => convolve(input, weights) as Tensor4D,
    dispose: () => tf.dispose(constants),
  };
}
