import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { NamedTensorMap, Variable } from '@tensorflow/tfjs-node-gpu';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { Sgd, type SgdStep } from '../../../../src-main/engine/training/sgd.ts';
import { assertClose } from '../../../support/close.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const STEP: SgdStep = { learningRate: 0.1, momentum: 0.9, weightDecay: 0, largestGradientNorm: null };

interface Slots {
  readonly variables: Variable[];
  readonly velocities: Variable[];
  readonly sgd: Sgd;
}

function open(context: TestContext, values: number[][], decays: boolean[]): Slots {
  const variables = values.map((value) => tf.variable(tf.tensor1d(value)));
  const velocities = values.map((value) => tf.variable(tf.zeros([value.length]), false));
  context.after(() => tf.dispose([...variables, ...velocities]));
  const sgd = new Sgd(
    runtime,
    variables.map((variable, at) => ({ variable, velocity: velocities[at], decays: decays[at] })),
  );
  return { variables, velocities, sgd };
}

/** One step; a null gradient is absent. Gives the norm that `apply` reports. */
function apply({ variables, sgd }: Slots, gradients: (number[] | null)[], step: SgdStep): number {
  return tf.tidy(() => {
    const named: NamedTensorMap = {};
    gradients.forEach((gradient, at) => {
      if (gradient !== null) named[variables[at].name] = tf.tensor1d(gradient);
    });
    return sgd.apply(named, step).dataSync()[0];
  });
}

test('two steps by hand: momentum, and weight decay where it falls', (context) => {
  const slots = open(context, [[1], [1]], [true, false]);
  const step = { ...STEP, weightDecay: 0.5 };
  apply(slots, [[2], [2]], step);
  // velocity 2 + 0.5·1 = 2.5 and 2; value 1 − 0.1·velocity
  assertClose(
    slots.velocities.map((velocity) => velocity.dataSync()[0]),
    [2.5, 2],
    1e-6,
  );
  assertClose(
    slots.variables.map((variable) => variable.dataSync()[0]),
    [0.75, 0.8],
    1e-6,
  );
  apply(slots, [[1], [1]], step);
  // velocity 0.9·2.5 + 1 + 0.5·0.75 = 3.625 and 0.9·2 + 1 = 2.8
  assertClose(
    slots.velocities.map((velocity) => velocity.dataSync()[0]),
    [3.625, 2.8],
    1e-6,
  );
  assertClose(
    slots.variables.map((variable) => variable.dataSync()[0]),
    [0.3875, 0.52],
    1e-6,
  );
});

test('the norm is that of all gradients before clipping; after it they have the largest norm', (context) => {
  const slots = open(context, [[0, 0], [0]], [true, true]);
  const norm = apply(slots, [[3, 4], [12]], { ...STEP, largestGradientNorm: 2 });
  assertClose([norm], [13], 1e-6);
  const clipped = slots.velocities.flatMap((velocity) => [...velocity.dataSync()]);
  assertClose(clipped, [(3 * 2) / 13, (4 * 2) / 13, (12 * 2) / 13], 1e-6);
  assertClose([Math.hypot(...clipped)], [2], 1e-6);
});

test('gradients that are short enough are not touched', (context) => {
  const slots = open(context, [[0, 0]], [false]);
  assertClose([apply(slots, [[3, 4]], { ...STEP, largestGradientNorm: 5.5 })], [5], 1e-6);
  assertClose(slots.velocities[0].dataSync(), [3, 4], 0);
  assertClose([apply(slots, [[0, 0]], { ...STEP, largestGradientNorm: 5.5 })], [0], 0);
});

test('a variable without a gradient keeps value and velocity', (context) => {
  const slots = open(context, [[1], [1]], [true, true]);
  const step = { ...STEP, weightDecay: 0.5 };
  apply(slots, [[2], [2]], step);
  const norm = apply(slots, [[3], null], step);
  assertClose([norm], [3], 1e-6);
  assertClose([slots.variables[1].dataSync()[0], slots.velocities[1].dataSync()[0]], [0.75, 2.5], 1e-6);
});

test('a step keeps nothing but its norm', (context) => {
  const slots = open(context, [[1, 2, 3]], [true]);
  const before = tf.memory().numTensors;
  apply(slots, [[1, 1, 1]], { ...STEP, weightDecay: 0.1, largestGradientNorm: 1 });
  assert.equal(tf.memory().numTensors, before);
});
