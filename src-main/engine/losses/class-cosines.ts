// Cosines between embeddings and class weights, without normalising the weights: there are far more of them than cosines.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

/** Stands for the length of a zero row, whose cosines are 0. */
const SMALLEST_LENGTH = 1e-6;

/** Unit embeddings [B, D] and class weights [K, D] of any length → cosines [B, K]; differentiable in both. */
export type ClassCosines = (embeddings: Tensor2D, classes: Tensor2D) => Tensor2D;

export function createClassCosines({ tf, ops }: Runtime): ClassCosines {
  const lengthAttributes = [ops.floatType, ops.type('Tidx', 'int32'), ops.bool('keep_dims', false)];
  const cosines = tf.customGrad((...parameters: unknown[]) => {
    const [embeddings, classes, save] = parameters as [Tensor2D, Tensor2D, (saved: Tensor[]) => void];
    const lengths = ops.run('EuclideanNorm', lengthAttributes, [classes, tf.scalar(1, 'int32')]); // [K]
    const inverse = tf.reciprocal(tf.maximum(lengths, SMALLEST_LENGTH)).expandDims(0); // [1, K]
    const value = tf.matMul(embeddings, classes, false, true).mul(inverse);
    save([embeddings, classes, inverse, value]);
    const gradFunc = (cosineGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [unit, weights, inverseLength, cosine] = saved as Tensor2D[];
      const gradient = cosineGradient.mul(inverseLength) as Tensor2D;
      // d(1 / |w|) / dw = −w / |w|³
      const shrink = cosineGradient
        .mul(cosine)
        .sum(0)
        .mul(inverseLength.square().squeeze([0])); // [K]
      const pull = tf.matMul(gradient, unit, true); // [K, D]
      return [tf.matMul(gradient, weights), pull.sub(weights.mul(shrink.expandDims(1)))];
    };
    return { value, gradFunc };
  });
  return (embeddings, classes) => cosines(embeddings, classes) as Tensor2D;
}
