// Cosines between one relation and many: ⟨v, r⟩ with r = normalise(ReLU(√D·(W₁a − W₂b))), without keeping r.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

const SMALLEST_LENGTH = 1e-6;

/**
 * Anchors W₁a [B, R], others W₂b [U, R], unit directions v [B, R] and indices [B, n] int32 into the others
 * → cosines [B, n]; differentiable in anchors, others and directions.
 * The [B, n, R] maps are what costs: they are made once forward, and their gradient in one expression.
 */
export type RelationScores = (
  anchors: Tensor2D,
  others: Tensor2D,
  directions: Tensor2D,
  indices: Tensor2D,
) => Tensor2D;

/** By our own kernel where there is one: it never holds the [B, n, R] maps at all. */
export function createRelationScores(
  runtime: Runtime,
  usesOwnKernel = runtime.ops.hasOwnKernels,
): RelationScores {
  return usesOwnKernel ? createFusedScores(runtime) : createComposedScores(runtime);
}

function createFusedScores({ tf, ops }: Runtime): RelationScores {
  const scoresOf = tf.customGrad((...parameters: unknown[]) => {
    const save = parameters.at(-1) as (saved: Tensor[]) => void;
    const inputs = parameters.slice(0, -1) as Tensor[]; // anchors, others, directions, indices
    const [value, inverses] = ops.runMany('GlimpseRelationScores', [], inputs, 2);
    save([value, inverses, ...inputs]);
    const gradFunc = (scoreGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const gradients = ops.runMany('GlimpseRelationScoresGrad', [], [scoreGradient, ...saved], 3);
      return [...gradients, tf.scalar(0)];
    };
    return { value, gradFunc };
  });
  return (anchors, others, directions, indices) => scoresOf(anchors, others, directions, indices) as Tensor2D;
}

function createComposedScores({ tf, ops }: Runtime): RelationScores {
  const lengthAttributes = [ops.floatType, ops.type('Tidx', 'int32'), ops.bool('keep_dims', false)];
  const scoresOf = tf.customGrad((...parameters: unknown[]) => {
    const [anchors, others, directions, indices, save] = parameters as [
      Tensor2D,
      Tensor2D,
      Tensor2D,
      Tensor2D,
      (saved: Tensor[]) => void,
    ];
    const [batch, count] = indices.shape;
    const size = anchors.shape[1];
    const relations = ops.run(
      'Relu',
      [ops.floatType],
      [anchors.expandDims(1).sub(tf.gather(others, indices.flatten()).reshape([batch, count, size]))],
    ); // [B, n, R], not yet of unit length
    const lengths = ops.run('EuclideanNorm', lengthAttributes, [relations, tf.scalar(2, 'int32')]); // [B, n]
    const inverseLength = tf.reciprocal(tf.maximum(lengths, SMALLEST_LENGTH));
    const products = tf.matMul(relations, directions.expandDims(2)).reshape([batch, count]);
    const value = products.mul(inverseLength);
    save([relations, inverseLength, value, directions, indices, others]);
    const gradFunc = (scoreGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [r, inverse, scores, v, index, o] = saved;
      const weight = scoreGradient.mul(inverse); // [B, n]
      const pull = ops.run('ReluGrad', [ops.floatType], [weight.expandDims(2).mul(v.expandDims(1)), r]);
      const push = weight.mul(scores).mul(inverse).expandDims(2).mul(r);
      const relationGradient = pull.sub(push); // [B, n, R], already zero where the ReLU is
      const flat = relationGradient.reshape([batch * count, size]) as Tensor2D;
      return [
        relationGradient.sum(1),
        tf.unsortedSegmentSum(flat, index.flatten() as never, o.shape[0]).neg(),
        tf.matMul(weight.expandDims(1), r as never).reshape([batch, size]),
        tf.scalar(0),
      ];
    };
    return { value, gradFunc };
  });
  return (anchors, others, directions, indices) => scoresOf(anchors, others, directions, indices) as Tensor2D;
}
