import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import {
  createInstanceDistillation,
  type InstanceDistillationSettings,
} from '../../../../src-main/engine/losses/instance-distillation.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { assertClose } from '../../../support/close.ts';

const runtime = loadRuntime();
const { tf } = runtime;

function valueAndGradient(
  settings: InstanceDistillationSettings,
  student: number[][],
  teacher: number[][],
  labels: number[],
): { value: number; gradient: Float32Array } {
  return tf.tidy(() => {
    const loss = createInstanceDistillation(runtime, settings);
    const target = tf.tensor1d(labels, 'int32');
    const run = (cosines: Tensor): Tensor => loss(cosines as Tensor2D, tf.tensor2d(teacher), target);
    const { value, grad } = tf.valueAndGrad(run)(tf.tensor2d(student));
    return { value: value.dataSync()[0], gradient: grad.dataSync<'float32'>() };
  });
}

test('two classes: the divergence of the target alone, for there is one other class', () => {
  // s = T = 2: logits are the cosines. Teacher gap 1, student gap −1, so p_t = σ(1) and p_s = σ(−1) = 1 − p_t.
  // KL(b_t ‖ b_s) = (2p − 1)·log(p / (1 − p)) = 2p − 1; times T² = 4.
  const p = 1 / (1 + Math.exp(-1));
  const settings = { scale: 2, temperature: 2, nonTargetWeight: 'teacher' } as const;
  const { value, gradient } = valueAndGradient(settings, [[-0.5, 0.5]], [[0.5, -0.5]], [0]);
  assertClose([value], [4 * (2 * p - 1)], 1e-6);
  // d/dz_s = p_s − p_t for the target, the opposite for the other
  assertClose(gradient, [4 * (1 - 2 * p), 4 * (2 * p - 1)], 1e-6);
});

test('three classes: the non-target part by hand, its weight the teacher’s mass or a number', () => {
  // Both give the target 8/12; the teacher splits the rest 3 : 1, the student 1 : 1.
  const logit = Math.log;
  const teacher = [[logit(8), logit(3), logit(1)]];
  const student = [[logit(8), logit(2), logit(2)]];
  const divergence = 0.75 * logit(1.5) + 0.25 * logit(0.5);
  const settings = { scale: 1, temperature: 1 };
  const own = valueAndGradient({ ...settings, nonTargetWeight: 'teacher' }, student, teacher, [0]);
  assertClose([own.value], [(4 / 12) * divergence], 1e-5);
  const seven = valueAndGradient({ ...settings, nonTargetWeight: 7 }, student, teacher, [0]);
  assertClose([seven.value], [7 * divergence], 1e-5);
});

test('a student that equals its teacher has no loss and no gradient', () => {
  const cosines = [[0.7, 0.1, -0.2, 0.3]];
  const settings = { scale: 64, temperature: 4, nonTargetWeight: 1 };
  const { value, gradient } = valueAndGradient(settings, cosines, cosines, [2]);
  assertClose([value], [0], 1e-5);
  assertClose(gradient, [0, 0, 0, 0], 1e-4);
});

test('the largest logit gap that cosines allow stays finite at every temperature', () => {
  for (const temperature of [0.5, 1, 4]) {
    for (const [student, teacher] of [
      [
        [1, -1, -1],
        [-1, 1, 1],
      ],
      [
        [-1, 1, -1],
        [1, -1, -1],
      ],
    ]) {
      const settings = { scale: 64, temperature, nonTargetWeight: 'teacher' } as const;
      const { value, gradient } = valueAndGradient(settings, [student], [teacher], [0]);
      assert.ok(Number.isFinite(value), `T = ${temperature}: ${value}`);
      assert.ok(gradient.every(Number.isFinite), `T = ${temperature}: ${gradient}`);
    }
  }
});
