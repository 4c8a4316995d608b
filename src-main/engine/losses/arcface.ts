// L_Cls: ArcFace, the additive angular margin softmax (Deng et al., CVPR 2019, eq. 3).

import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';
import { createTargets } from './targets.ts';

export interface ArcFaceSettings {
  /** s: what cosines are multiplied by. */
  readonly scale: number;
  /** m, in radians, added to the angle of the target class. */
  readonly angularMargin: number;
}

export type ClassificationLoss = (cosines: Tensor2D, labels: Tensor1D) => Scalar;

/**
 * Cosines [B, K] to the class weights and labels [B] int32 → mean cross-entropy, where the target's logit is s·cos(θ + m);
 * where θ + m > π it is s·(cos θ − m·sin m), which keeps falling as θ grows. Differentiable in the cosines.
 */
export function createArcFaceLoss(runtime: Runtime, settings: ArcFaceSettings): ClassificationLoss {
  const { tf, ops } = runtime;
  const { scale, angularMargin } = settings;
  const targets = createTargets(runtime);
  const cosMargin = Math.cos(angularMargin);
  const sinMargin = Math.sin(angularMargin);
  const lastCosine = -cosMargin; // cos(π − m): beyond it θ + m passes π
  const attributes = [ops.floatType, ops.type('Tlabels', 'int32')];

  const loss = tf.customGrad((...parameters: unknown[]) => {
    const [cosines, labels, save] = parameters as [Tensor2D, Tensor1D, (saved: Tensor[]) => void];
    const positions = targets.positions(labels);
    const targetCosine = targets.take(cosines, positions); // [B]
    const sine = tf.sqrt(tf.maximum(tf.sub(1, targetCosine.square()), 1e-12));
    const isMonotone = targetCosine.greater(lastCosine);
    const margined = targetCosine.mul(cosMargin).sub(sine.mul(sinMargin)); // cos(θ + m)
    const target = tf.where(isMonotone, margined, targetCosine.sub(angularMargin * sinMargin));
    // d cos(θ + m) / d cos θ = cos m + sin m · cos θ / sin θ
    const slope = tf.where(
      isMonotone,
      targetCosine.div(sine).mul(sinMargin).add(cosMargin),
      tf.onesLike(targetCosine),
    );
    const logits = targets.put(cosines, positions, target as Tensor1D).mul(scale);
    const [losses, logitGradient] = ops.runMany(
      'SparseSoftmaxCrossEntropyWithLogits',
      attributes,
      [logits, labels],
      2,
    );
    save([logitGradient, positions, slope]);
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [gradient, at, targetSlope] = saved as [Tensor2D, Tensor2D, Tensor1D];
      const [batch] = gradient.shape;
      const ofTarget = targets.take(gradient, at).mul(targetSlope) as Tensor1D;
      const cosineGradient = targets.put(gradient, at, ofTarget).mul(outputGradient.mul(scale / batch));
      return [cosineGradient, tf.zeros([batch])];
    };
    return { value: losses.mean(), gradFunc };
  });
  return (cosines, labels) => loss(cosines, labels) as Scalar;
}
