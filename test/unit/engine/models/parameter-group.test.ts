import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupParameters, ParameterGroup } from '../../../../src-main/engine/models/parameter-group.ts';
import type { ParameterPlan } from '../../../../src-main/engine/models/plan.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';

const runtime = loadRuntime();
const { tf, ops } = runtime;

const VECTORS: ParameterPlan[] = [
  { name: 'scale', shape: [2], role: 'scale' },
  { name: 'bias', shape: [3], role: 'bias' },
];
const MATRIX: ParameterPlan = { name: 'weights', shape: [1, 2], role: 'weight' };

function subtract(group: ParameterGroup, amount: number): void {
  tf.tidy(() => {
    const ones = tf.ones(group.whole.shape);
    const inputs = [group.handleForUpdate(), tf.scalar(amount), ones];
    const attributes = [ops.floatType, ops.bool('use_locking', false)];
    ops.runMany('ResourceApplyGradientDescent', attributes, inputs, 0);
  });
}

test('matrices stand alone and decay, vectors stand together and do not', () => {
  const groups = groupParameters([VECTORS[0], MATRIX, VECTORS[1]]);
  assert.deepEqual(groups, [[MATRIX], VECTORS]);
  const decays = groups.map((plans) => {
    const group = new ParameterGroup(runtime, plans, null);
    group.dispose();
    return group.decays;
  });
  assert.deepEqual(decays, [true, false]);
});

test('each parameter has its own values, before and after an update', () => {
  const before = tf.memory().numTensors;
  const stored = new Map([
    ['bias', { shape: [3], values: Float32Array.from([3, 4, 5]) }],
    ['scale', { shape: [2], values: Float32Array.from([1, 2]) }],
  ]);
  const group = new ParameterGroup(runtime, VECTORS, stored);
  assert.deepEqual([...group.get('scale').dataSync()], [1, 2]);
  assert.deepEqual([...group.get('bias').dataSync()], [3, 4, 5]);
  subtract(group, 1);
  assert.deepEqual([...group.get('bias').dataSync()], [2, 3, 4]);
  assert.deepEqual([...group.get('scale').dataSync()], [0, 1]);
  assert.deepEqual([...group.whole.dataSync()], [0, 1, 2, 3, 4]);
  group.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test('gradients are gathered in the layout of the whole; none is none, some is a bug', () => {
  const group = new ParameterGroup(runtime, VECTORS, null);
  tf.tidy(() => {
    const [scale, bias] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4, 5])];
    const gathered = group.gather(
      new Map([
        ['bias', bias],
        ['scale', scale],
      ]),
    );
    assert.deepEqual([...(gathered?.dataSync() ?? [])], [1, 2, 3, 4, 5]);
    assert.equal(group.gather(new Map()), null);
    assert.throws(() => group.gather(new Map([['bias', bias]])), /trained together/);
  });
  group.dispose();
});

test('values of another shape, or none, are a bug', () => {
  const wrong = new Map([['weights', { shape: [2, 1], values: new Float32Array(2) }]]);
  assert.throws(() => new ParameterGroup(runtime, [MATRIX], wrong), /weights/);
  assert.throws(() => new ParameterGroup(runtime, [MATRIX], new Map()), /no values for parameter weights/);
});
