// A convolution and its gradients, for one shape and one of two layouts of the map.

import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';
import type { ConvolutionShape } from './convolution-shape.ts';

export interface Convolution {
  /** A map and [k, k, C_in, C_out] weights → a map of the same layout; differentiable in both. */
  apply(input: Tensor4D, weights: Tensor4D): Tensor4D;
  /** Frees the constants it holds. */
  dispose(): void;
}

/** [B, H, W, C_in] → [B, ⌈H / stride⌉, ⌈W / stride⌉, C_out], by TensorFlow's own kernels. */
export function createConvolution({ tf, ops }: Runtime, shape: ConvolutionShape): Convolution {
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
