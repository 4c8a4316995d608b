// Batch normalisation through TensorFlow's fused kernels, forward and backward.

import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

/** Added to the variance before the root. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Per channel [C]: what a batch, or a training run, looked like. */
export interface BatchStatistics {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

export interface BatchNorm {
  /**
   * Normalises [B, H, W, C] by its own statistics; differentiable in input, scale and offset.
   * `observe` receives the batch's mean and unbiased variance, kept: whoever observes disposes of them.
   */
  train(
    input: Tensor4D,
    scale: Tensor1D,
    offset: Tensor1D,
    observe: (statistics: BatchStatistics) => void,
  ): Tensor4D;
  /** Normalises [B, H, W, C] by given statistics; not differentiable. */
  infer(input: Tensor4D, scale: Tensor1D, offset: Tensor1D, statistics: BatchStatistics): Tensor4D;
  dispose(): void;
}

/** FusedBatchNormV3 and FusedBatchNormGradV3 behind a custom gradient. */
export function createBatchNorm({ tf, ops }: Runtime): BatchNorm {
  const attributes = (isTraining: boolean) => [
    ops.floatType,
    ops.type('U', 'float32'),
    ops.float('epsilon', BATCH_NORM_EPSILON),
    ops.string('data_format', 'NHWC'),
    ops.bool('is_training', isTraining),
  ];
  const trainingAttributes = [...attributes(true), ops.float('exponential_avg_factor', 1)];
  const inferenceAttributes = [...attributes(false), ops.float('exponential_avg_factor', 1)];
  const gradientAttributes = attributes(true);
  const nothing = tf.keep(tf.tensor1d([]));

  const trainWith = (observe: (statistics: BatchStatistics) => void) =>
    tf.customGrad((...parameters: unknown[]) => {
      const [input, scale, offset, save] = parameters as [
        Tensor4D,
        Tensor1D,
        Tensor1D,
        (saved: Tensor[]) => void,
      ];
      const outputs = ops.runMany(
        'FusedBatchNormV3',
        trainingAttributes,
        [input, scale, offset, nothing, nothing],
        6,
      );
      const [value, mean, variance, reserve1, reserve2, reserve3] = outputs;
      observe({ mean: tf.keep(mean.clone()) as Tensor1D, variance: tf.keep(variance.clone()) as Tensor1D });
      save([input, scale, reserve1, reserve2, reserve3]);
      const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] =>
        ops.runMany('FusedBatchNormGradV3', gradientAttributes, [outputGradient, ...saved], 5).slice(0, 3);
      return { value, gradFunc };
    });

  return {
    train: (input, scale, offset, observe) => trainWith(observe)(input, scale, offset) as Tensor4D,
    infer: (input, scale, offset, { mean, variance }) => {
      const inputs = [input, scale, offset, mean, variance];
      return ops.runMany('FusedBatchNormV3', inferenceAttributes, inputs, 6)[0] as Tensor4D;
    },
    dispose: () => nothing.dispose(),
  };
}
