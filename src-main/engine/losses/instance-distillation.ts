// L_IID: instance-level distillation, the decoupled target and non-target knowledge of AIRD's eqs. (5)–(6).

import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';
import { createTargets, type Targets } from './targets.ts';

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
export type InstanceDistillation = (
  studentCosines: Tensor2D,
  teacherCosines: Tensor2D,
  labels: Tensor1D,
) => Scalar;

export function createInstanceDistillation(
  runtime: Runtime,
  settings: InstanceDistillationSettings,
): InstanceDistillation {
  const { tf } = runtime;
  const { scale, temperature, nonTargetWeight } = settings;
  const targets = createTargets(runtime);

  const loss = tf.customGrad((...parameters: unknown[]) => {
    const [studentCosines, teacherCosines, labels, save] = parameters as [
      Tensor2D,
      Tensor2D,
      Tensor1D,
      (saved: Tensor[]) => void,
    ];
    const positions = targets.positions(labels);
    const student = decouple(runtime, targets, studentCosines.mul(scale / temperature), positions);
    const teacher = decouple(runtime, targets, teacherCosines.mul(scale / temperature), positions);
    const [teacherTarget, teacherRest] = [teacher.logTarget.exp(), teacher.logRest.exp()];
    const binary = teacherTarget
      .mul(teacher.logTarget.sub(student.logTarget))
      .add(teacherRest.mul(teacher.logRest.sub(student.logRest))); // [B]
    const gap = teacher.restLogits.sub(student.restLogits); // [B, K]
    const among = teacher.amongRest.mul(gap).sum(1).sub(teacher.logSumRest.sub(student.logSumRest)); // [B]
    const weight = nonTargetWeight === 'teacher' ? teacherRest : tf.fill(teacherRest.shape, nonTargetWeight);
    // d KL(b_t ‖ b_s) / dz = p_s − p_t of the target, p̂_s·(p_t − p_s of the target) of each other; d KL(p̂_t ‖ p̂_s) / dz = p̂_s − p̂_t
    const targetGap = student.logTarget.exp().sub(teacherTarget);
    const ofRest = student.amongRest
      .mul(weight.sub(targetGap).expandDims(1))
      .sub(teacher.amongRest.mul(weight.expandDims(1)));
    const logitGradient = targets.put(ofRest as Tensor2D, positions, targetGap as Tensor1D);
    save([logitGradient]);
    const gradFunc = (outputGradient: Tensor, saved: Tensor[]): Tensor[] => {
      const [gradient] = saved;
      const [batch] = gradient.shape;
      const factor = outputGradient.mul((temperature * scale) / batch); // T² of the loss, 1 / T of the logits
      // Teacher and labels are constants: nobody asks for their gradients.
      return [gradient.mul(factor), tf.scalar(0), tf.scalar(0)];
    };
    const value = binary
      .add(weight.mul(among))
      .mean()
      .mul(temperature ** 2);
    return { value, gradFunc };
  });
  return (student, teacher, labels) => loss(student, teacher, labels) as Scalar;
}

/** One network's logits, taken apart: the target against all others together, and the others among themselves. */
interface Decoupled {
  /** Log probability of the target [B]. */
  readonly logTarget: Tensor1D;
  /** Log probability of all others together [B]. */
  readonly logRest: Tensor1D;
  /** Logits [B, K], the target's own so low that its exponential is 0. */
  readonly restLogits: Tensor2D;
  /** log Σ e^logit over the others [B]. */
  readonly logSumRest: Tensor1D;
  /** p̂ [B, K]: probabilities among the others; 0 for the target. */
  readonly amongRest: Tensor2D;
}

function decouple({ tf }: Runtime, targets: Targets, logits: Tensor2D, positions: Tensor2D): Decoupled {
  const target = targets.take(logits, positions); // [B]
  const restLogits = targets.put(logits, positions, tf.fill(target.shape, TARGET_MASK) as Tensor1D);
  const largest = restLogits.max(1, true); // [B, 1]
  const powers = restLogits.sub(largest).exp(); // [B, K]
  const sum = powers.sum(1, true); // [B, 1]
  const logSumRest = sum.log().add(largest).squeeze([1]) as Tensor1D;
  const lead = target.sub(logSumRest);
  return {
    logTarget: tf.softplus(lead.neg()).neg() as Tensor1D, // logsigmoid of the lead
    logRest: tf.softplus(lead).neg() as Tensor1D,
    restLogits,
    logSumRest,
    amongRest: powers.mul(tf.reciprocal(sum)) as Tensor2D,
  };
}
