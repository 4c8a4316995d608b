// L_IID: instance-level distillation, the decoupled target and non-target knowledge of AIRD's eqs. (5)–(6).

import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Tf } from '../runtime/load.ts';

export interface InstanceDistillationSettings {
  /** s: cosines become logits by this factor. */
  readonly scale: number;
  /** T: logits are divided by it, and the loss multiplied by T². */
  readonly temperature: number;
  /** w: the teacher's own non-target mass (the paper), or a fixed number. */
  readonly nonTargetWeight: 'teacher' | number;
}

/** Takes the target out of a row of logits: e^−1e9 is 0 in float32. */
const TARGET_MASK = -1e9;

/**
 * KL(b_t ‖ b_s) + w · KL(p̂_t ‖ p̂_s), the mean over the batch times T².
 * Cosines are margin-free, [B, K] for student and teacher; labels [B] int32. Differentiable in the student's cosines.
 */
export function instanceDistillationLoss(
  tf: Tf,
  studentCosines: Tensor2D,
  teacherCosines: Tensor2D,
  labels: Tensor1D,
  settings: InstanceDistillationSettings,
): Scalar {
  const classes = studentCosines.shape[1];
  const isTarget = tf.oneHot(labels, classes).toFloat() as Tensor2D;
  const student = decouple(tf, studentCosines.mul(settings.scale / settings.temperature), isTarget);
  const teacher = decouple(tf, teacherCosines.mul(settings.scale / settings.temperature), isTarget);
  const teacherTarget = teacher.logTarget.exp();
  const teacherRest = teacher.logRest.exp();
  const binary = teacherTarget
    .mul(teacher.logTarget.sub(student.logTarget))
    .add(teacherRest.mul(teacher.logRest.sub(student.logRest))); // [B]
  const among = teacher.logAmongRest.exp().mul(teacher.logAmongRest.sub(student.logAmongRest)).sum(1); // [B]
  const weight = settings.nonTargetWeight === 'teacher' ? teacherRest : tf.scalar(settings.nonTargetWeight);
  return binary
    .add(weight.mul(among))
    .mean()
    .mul(settings.temperature ** 2) as Scalar;
}

/**
 * Log probabilities: of the target [B], of all others together [B], and of each other among the others [B, K],
 * where the target's own entry is so low that its exponential is 0.
 */
function decouple(
  tf: Tf,
  logits: Tensor2D,
  isTarget: Tensor2D,
): Record<'logTarget' | 'logRest', Tensor1D> & {
  logAmongRest: Tensor2D;
} {
  const targetLogit = logits.mul(isTarget).sum(1) as Tensor1D;
  const logSumAll = logits.logSumExp(1) as unknown as Tensor1D;
  const restLogits = logits.add(isTarget.mul(TARGET_MASK));
  const logSumRest = restLogits.logSumExp(1) as unknown as Tensor1D;
  return {
    logTarget: targetLogit.sub(logSumAll),
    logRest: logSumRest.sub(logSumAll),
    logAmongRest: restLogits.sub(tf.expandDims(logSumRest, 1)),
  };
}
