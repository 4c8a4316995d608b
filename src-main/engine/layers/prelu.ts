// PReLU: x where positive, slope · x elsewhere, one slope per channel.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

/** [..., C] and slopes [C] → [..., C]; differentiable in both. */
export type Prelu = (input: Tensor, slopes: Tensor1D) => Tensor;

/** By our own kernel where there is one: one pass over the map each way instead of three and six. */
export function createPrelu(runtime: Runtime, usesOwnKernel = runtime.ops.hasOwnKernels): Prelu {
  return usesOwnKernel ? createFusedPrelu(runtime) : createComposedPrelu(runtime);
}

function createFusedPrelu({ tf, ops }: Runtime): Prelu {
  const activate = tf.customGrad((...parameters: unknown[]) => {
    const [input, slopes, save] = parameters as [Tensor, Tensor1D, (saved: Tensor[]) => void];
    save([input, slopes]);
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] =>
      ops.runMany('GlimpsePreluGrad', [], [outputGradient, ...saved], 2);
    return { value: ops.run('GlimpsePrelu', [], [input, slopes]), gradFunc };
  });
  return (input, slopes) => activate(input, slopes);
}

/** From element-wise selections, because TensorFlow has no PReLU: few passes over the map, none kept but the input and its signs. */
function createComposedPrelu({ tf, ops }: Runtime): Prelu {
  const sumAttributes = [ops.floatType, ops.string('data_format', 'NHWC')];
  const select = (condition: Tensor, yes: Tensor, no: Tensor): Tensor =>
    ops.run('SelectV2', [ops.floatType], [condition, yes, no]);
  const activate = tf.customGrad((...parameters: unknown[]) => {
    const [input, slopes, save] = parameters as [Tensor, Tensor1D, (saved: Tensor[]) => void];
    const isPositive = ops.run('Greater', [ops.floatType], [input, tf.scalar(0)]);
    save([input, slopes, isPositive]);
    const value = select(isPositive, input, input.mul(slopes));
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [x, slope, positive] = saved;
      const inputGradient = select(positive, outputGradient, outputGradient.mul(slope));
      const perValue = outputGradient.mul(tf.minimum(x, 0));
      // The sum over all axes but the last, several times as fast as `Sum`.
      return [inputGradient, ops.run('BiasAddGrad', sumAttributes, [perValue])];
    };
    return { value, gradFunc };
  });
  return (input, slopes) => activate(input, slopes);
}
