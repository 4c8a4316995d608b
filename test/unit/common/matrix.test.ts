import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, joinFloats, matrix, normalise, normaliseRows, rowOf } from '../../../src-main/common/matrix.ts';
import { assertClose } from '../../support/close.ts';

test('rows are views of the values', () => {
  const values = matrix(Float32Array.of(1, 2, 3, 4, 5, 6), 2);
  assert.deepEqual([values.rows, values.columns], [3, 2]);
  rowOf(values, 1)[0] = 30;
  assert.deepEqual([...values.values], [1, 2, 30, 4, 5, 6]);
  assert.throws(() => matrix(new Float32Array(5), 2), /5 values do not fill rows of 2/);
});

test('rows become unit vectors in place; a zero row stays zero', () => {
  const target = matrix(Float32Array.of(3, 4, 0, 0, -5, 12), 2);
  assert.equal(normaliseRows(target), target);
  assertClose(target.values, [0.6, 0.8, 0, 0, -5 / 13, 12 / 13], 1e-7);
  assertClose(normalise(Float32Array.of(1e-20, 0)), [1, 0], 1e-7);
});

test('the inner product accumulates in float64', () => {
  assert.equal(dot(Float32Array.of(1, 2, 3), Float32Array.of(4, -5, 6)), 12);
  // In float32 the small terms would vanish beside 2²⁴.
  const ones = new Float32Array(101).fill(1);
  const left = Float32Array.from(ones, (_, at) => (at === 0 ? 2 ** 24 : 1));
  assert.equal(dot(left, ones), 2 ** 24 + 100);
});

test('parts are joined in their order, empty ones too', () => {
  const parts = [Float32Array.of(1, 2), new Float32Array(), Float32Array.of(3)];
  assert.deepEqual(joinFloats(parts), Float32Array.of(1, 2, 3));
  assert.equal(joinFloats([]).length, 0);
});
