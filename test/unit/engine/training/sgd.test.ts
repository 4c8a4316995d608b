import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ParameterGroup } from '../../../../src-main/engine/models/parameter-group.ts';
import type { ParameterPlan } from '../../../../src-main/engine/models/plan.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { Sgd, type SgdStep } from '../../../../src-main/engine/training/sgd.ts';
import { assertClose } from '../../../support/close.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const STEP: SgdStep = { learningRate: 0.1, momentum: 0.9, weightDecay: 0, largestGradientNorm: null };

interface Slots {
  readonly values: ParameterGroup[];
  readonly velocities: ParameterGroup[];
  readonly sgd: Sgd;
}

function open(context: TestContext, values: number[][], decays: boolean[], usesOwnKernel = true): Slots {
  const slots = values.map((value, at) => {
    const role = decays[at] ? 'weight' : 'offset';
    const plans: ParameterPlan[] = [{ name: `p${at}`, shape: [value.length], role }];
    const stored = new Map([[`p${at}`, { shape: [value.length], values: Float32Array.from(value) }]]);
    return {
      values: new ParameterGroup(runtime, plans, stored),
      velocities: new ParameterGroup(runtime, plans, null),
    };
  });
  context.after(() => {
    for (const slot of slots) for (const group of [slot.values, slot.velocities]) group.dispose();
  });
  return {
    values: slots.map((slot) => slot.values),
    velocities: slots.map((slot) => slot.velocities),
    sgd: new Sgd(runtime, slots, usesOwnKernel),
  };
}

/** One step; a null gradient is absent. Gives the norm that `apply` reports. */
function apply({ sgd }: Slots, gradients: (number[] | null)[], step: SgdStep): number {
  return tf.tidy(() => {
    const named = new Map(
      gradients.flatMap((gradient, at) => (gradient === null ? [] : [[`p${at}`, tf.tensor1d(gradient)]])),
    );
    return sgd.apply(named, step).dataSync()[0];
  });
}

for (const usesOwnKernel of [true, false])
  test(`two steps by hand: momentum, and weight decay where it falls, our kernel ${usesOwnKernel}`, (context) => {
    const slots = open(context, [[1], [1]], [true, false], usesOwnKernel);
    const step = { ...STEP, weightDecay: 0.5 };
    apply(slots, [[2], [2]], step);
    // velocity 2 + 0.5·1 = 2.5 and 2; value 1 − 0.1·velocity
    assertClose(
      slots.velocities.map((velocity) => velocity.whole.dataSync()[0]),
      [2.5, 2],
      1e-6,
    );
    assertClose(
      slots.values.map((value) => value.whole.dataSync()[0]),
      [0.75, 0.8],
      1e-6,
    );
    apply(slots, [[1], [1]], step);
    // velocity 0.9·2.5 + 1 + 0.5·0.75 = 3.625 and 0.9·2 + 1 = 2.8
    assertClose(
      slots.velocities.map((velocity) => velocity.whole.dataSync()[0]),
      [3.625, 2.8],
      1e-6,
    );
    assertClose(
      slots.values.map((value) => value.whole.dataSync()[0]),
      [0.3875, 0.52],
      1e-6,
    );
  });

for (const usesOwnKernel of [true, false])
  test(`the norm is that of all gradients before clipping; after it they have the largest norm, our kernel ${usesOwnKernel}`, (context) => {
    const slots = open(context, [[0, 0], [0]], [true, true], usesOwnKernel);
    const step = { ...STEP, largestGradientNorm: 2, weightDecay: 0.5 };
    const norm = apply(slots, [[3, 4], [12]], step);
    assertClose([norm], [13], 1e-6);
    const clipped = slots.velocities.flatMap((velocity) => [...velocity.whole.dataSync()]);
    assertClose(clipped, [(3 * 2) / 13, (4 * 2) / 13, (12 * 2) / 13], 1e-6);
    assertClose([Math.hypot(...clipped)], [2], 1e-6);
  });

test('gradients that are short enough are not touched', (context) => {
  const slots = open(context, [[0, 0]], [false]);
  assertClose([apply(slots, [[3, 4]], { ...STEP, largestGradientNorm: 5.5 })], [5], 1e-6);
  assertClose(slots.velocities[0].whole.dataSync(), [3, 4], 0);
  assertClose([apply(slots, [[0, 0]], { ...STEP, largestGradientNorm: 5.5 })], [0], 0);
});

test('a variable without a gradient keeps value and velocity', (context) => {
  const slots = open(context, [[1], [1]], [true, true]);
  const step = { ...STEP, weightDecay: 0.5 };
  apply(slots, [[2], [2]], step);
  const norm = apply(slots, [[3], null], step);
  assertClose([norm], [3], 1e-6);
  assertClose(
    [slots.values[1].whole.dataSync()[0], slots.velocities[1].whole.dataSync()[0]],
    [0.75, 2.5],
    1e-6,
  );
});

test('a step keeps nothing but its norm', (context) => {
  const slots = open(context, [[1, 2, 3]], [true]);
  const step = { ...STEP, weightDecay: 0.1, largestGradientNorm: 1 };
  apply(slots, [[1, 1, 1]], step);
  const before = tf.memory().numTensors;
  apply(slots, [[1, 1, 1]], step);
  assert.equal(tf.memory().numTensors, before);
});
