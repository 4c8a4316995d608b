// L_Cls: ArcFace, the additive angular margin softmax (Deng et al., CVPR 2019, eq. 3).

import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

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
export function createArcFaceLoss({ tf, ops }: Runtime, settings: ArcFaceSettings): ClassificationLoss {
  const { scale, angularMargin } = settings;
  const cosMargin = Math.cos(angularMargin);
  const sinMargin = Math.sin(angularMargin);
  const lastCosine = -cosMargin; // cos(π − m): beyond it θ + m passes π
  const attributes = [ops.floatType, ops.type('Tlabels', 'int32')];

  const loss = tf.customGrad((...parameters: unknown[]) => {
    const [cosines, labels, save] = parameters as [Tensor2D, Tensor1D, (saved: Tensor[]) => void];
    const [batch, classes] = cosines.shape;
    const isTarget = tf.oneHot(labels, classes).toFloat() as Tensor2D; // [B, K]
    const targetCosine = cosines.mul(isTarget).sum(1, true); // [B, 1]
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
    const logits = cosines.add(isTarget.mul(target.sub(targetCosine))).mul(scale);
    const [losses, logitGradient] = ops.runMany(
      'SparseSoftmaxCrossEntropyWithLogits',
      attributes,
      [logits, labels],
      2,
    );
    save([logitGradient, isTarget, slope]);
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [gradient, target, targetSlope] = saved;
      const throughMargin = target.mul(targetSlope.sub(1)).add(1);
      const cosineGradient = gradient.mul(throughMargin).mul(outputGradient.mul(scale / batch));
      return [cosineGradient, tf.zeros([batch])];
    };
    return { value: losses.mean(), gradFunc };
  });
  return (cosines, labels) => loss(cosines, labels) as Scalar;
}
