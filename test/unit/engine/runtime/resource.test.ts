import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { Resource } from '../../../../src-main/engine/runtime/resource.ts';

const runtime = loadRuntime();
const { tf, ops } = runtime;

function subtract(resource: Resource, amount: number): void {
  tf.tidy(() => {
    const inputs = [resource.handleForUpdate(), tf.scalar(amount), tf.ones([...resource.shape])];
    const attributes = [ops.floatType, ops.bool('use_locking', false)];
    ops.runMany('ResourceApplyGradientDescent', attributes, inputs, 0);
  });
}

test('an update in place is seen by the next read, and reads are shared until then', () => {
  const before = tf.memory().numTensors;
  const resource = new Resource(runtime, [2, 1], Float32Array.from([3, 4]));
  const other = new Resource(runtime, [2, 1], null);
  assert.equal(resource.value, resource.value);
  assert.deepEqual(resource.value.shape, [2, 1]);
  subtract(resource, 0.5);
  assert.deepEqual([...resource.value.dataSync()], [2.5, 3.5]);
  assert.deepEqual([...other.value.dataSync()], [0, 0]);
  resource.dispose();
  other.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test('a copy that someone holds keeps its values', () => {
  const resource = new Resource(runtime, [1], Float32Array.from([1]));
  const copy = resource.value.clone();
  subtract(resource, 2);
  assert.deepEqual([copy.dataSync()[0], resource.value.dataSync()[0]], [1, -1]);
  copy.dispose();
  resource.dispose();
});

test('a value read inside a tidy outlives it', () => {
  const resource = new Resource(runtime, [1], Float32Array.from([7]));
  tf.tidy(() => void resource.value);
  assert.equal(resource.value.dataSync()[0], 7);
  resource.dispose();
});
