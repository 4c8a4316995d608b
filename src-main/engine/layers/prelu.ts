// PReLU: x where positive, slope · x elsewhere, one slope per channel.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

/** [..., C] and slopes [C] → [..., C]; differentiable in both. */
export type Prelu = (input: Tensor, slopes: Tensor1D) => Tensor;

/** Built from fused activations, because TensorFlow has no PReLU kernel: few passes over the map, none kept but the input. */
export function createPrelu({ tf, ops }: Runtime): Prelu {
  const activate = tf.customGrad((...parameters: unknown[]) => {
    const [input, slopes, save] = parameters as [Tensor, Tensor1D, (saved: Tensor[]) => void];
    save([input, slopes]);
    const positive = ops.run('Relu', [ops.floatType], [input]);
    // relu(x) + slope · (x − relu(x))
    const value = positive.add(input.sub(positive).mul(slopes));
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [x, slope] = saved;
      const channels = slope.shape[0] as number;
      const throughPositive = ops.run('ReluGrad', [ops.floatType], [outputGradient, x]);
      const throughNegative = outputGradient.sub(throughPositive);
      const inputGradient = throughPositive.add(throughNegative.mul(slope));
      const slopeGradient = throughNegative.mul(x).reshape([-1, channels]).sum(0);
      return [inputGradient, slopeGradient];
    };
    return { value, gradFunc };
  });
  return (input, slopes) => activate(input, slopes);
}
