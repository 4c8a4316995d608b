// Each row's entry of its own class, read and replaced.

import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

export interface Targets {
  /** Labels [B] int32 → where their entries stand in a [B, K] matrix, as `take` and `put` want it. */
  positions(labels: Tensor1D): Tensor2D;
  /** [B, K] → [B]. */
  take(matrix: Tensor2D, positions: Tensor2D): Tensor1D;
  /** A copy of [B, K] with the values [B] in those places. */
  put(matrix: Tensor2D, positions: Tensor2D, values: Tensor1D): Tensor2D;
}

/** None is differentiable: for use inside custom gradients. */
export function createTargets({ tf, ops }: Runtime): Targets {
  const index = ops.type('Tindices', 'int32');
  return {
    positions: (labels) => tf.stack([tf.range(0, labels.shape[0], 1, 'int32'), labels], 1) as Tensor2D,
    take: (matrix, positions) =>
      ops.run('GatherNd', [ops.type('Tparams', 'float32'), index], [matrix, positions]) as Tensor1D,
    put: (matrix, positions, values) =>
      ops.run('TensorScatterUpdate', [ops.floatType, index], [matrix, positions, values]) as Tensor2D,
  };
}
