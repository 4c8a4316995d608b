import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { createArcFaceLoss } from '../../../../src-main/engine/losses/arcface.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { assertClose } from '../../../support/close.ts';

const runtime = loadRuntime();
const { tf } = runtime;

function valueAndGradient(
  scale: number,
  angularMargin: number,
  cosines: number[][],
  labels: number[],
): { value: number; gradient: Float32Array } {
  const loss = createArcFaceLoss(runtime, { scale, angularMargin });
  return tf.tidy(() => {
    const target = tf.tensor1d(labels, 'int32');
    const run = (given: Tensor): Tensor => loss(given as Tensor2D, target as Tensor1D);
    const { value, grad } = tf.valueAndGrad(run)(tf.tensor2d(cosines));
    return { value: value.dataSync()[0], gradient: grad.dataSync<'float32'>() };
  });
}

test('two classes without margin: the logistic loss', () => {
  // s = 2, cosines 0.5 and −0.25: logits 1 and −0.5; loss log(1 + e^−1.5), gradient 2·(p − [1, 0]).
  const { value, gradient } = valueAndGradient(2, 0, [[0.5, -0.25]], [0]);
  assertClose([value], [Math.log(1 + Math.exp(-1.5))], 1e-6);
  const other = 1 / (1 + Math.exp(1.5));
  assertClose(gradient, [-2 * other, 2 * other], 1e-6);
});

test('two classes with margin: the target’s angle grows by m', () => {
  // cos θ = 0.6, so sin θ = 0.8; m = 0.5: the target's logit is s·(0.6·cos 0.5 − 0.8·sin 0.5).
  const target = 0.6 * Math.cos(0.5) - 0.8 * Math.sin(0.5);
  const { value, gradient } = valueAndGradient(4, 0.5, [[0.6, 0.1]], [0]);
  assertClose([value], [Math.log(1 + Math.exp(4 * (0.1 - target)))], 1e-6);
  const other = 1 / (1 + Math.exp(4 * (target - 0.1)));
  // d cos(θ + m) / d cos θ = sin(θ + m) / sin θ
  const slope = Math.sin(Math.acos(0.6) + 0.5) / 0.8;
  assertClose(gradient, [-4 * other * slope, 4 * other], 1e-5);
});

test('beyond π − m the target’s logit keeps falling as the angle grows', () => {
  const step = (cosine: number): number => valueAndGradient(1, 0.5, [[cosine, 0]], [0]).value;
  const cosines = [-0.7, -0.8, -0.87, -0.88, -0.95, -1];
  const losses = cosines.map(step);
  for (let at = 1; at < losses.length; at++) assert.ok(losses[at] > losses[at - 1], `${losses}`);
  // cos θ − m·sin m at θ = π
  assertClose([losses[5]], [Math.log(1 + Math.exp(1 + 0.5 * Math.sin(0.5)))], 1e-6);
});

test('the mean over the batch, each sample by its own label', () => {
  const rows = [
    [0.3, -0.2, 0.6],
    [0.1, 0.9, -0.9],
  ];
  const both = valueAndGradient(8, 0.4, rows, [2, 0]);
  const first = valueAndGradient(8, 0.4, [rows[0]], [2]);
  const second = valueAndGradient(8, 0.4, [rows[1]], [0]);
  assertClose([both.value], [(first.value + second.value) / 2], 1e-6);
  assertClose(
    both.gradient,
    [...first.gradient, ...second.gradient].map((value) => value / 2),
    1e-6,
  );
});

test('at angle 0 and π value and gradient stay finite', () => {
  for (const cosine of [1, 1 + 2 ** -22, -1, -1 - 2 ** -22]) {
    const { value, gradient } = valueAndGradient(64, 0.5, [[cosine, 0.2]], [0]);
    assert.ok(Number.isFinite(value) && gradient.every(Number.isFinite), `${cosine}: ${value}, ${gradient}`);
  }
});
