// L_Emb: the student's embedding drawn to the teacher's own (beyond the paper).

import type { Scalar, Tensor2D } from '@tensorflow/tfjs-node-gpu';

/** mean(1 − cos) of unit rows [B, D] and [B, D]; differentiable in the first. */
export function embeddingDistanceLoss(student: Tensor2D, teacher: Tensor2D): Scalar {
  return student.mul(teacher).sum(1).mean().neg().add(1) as Scalar;
}
