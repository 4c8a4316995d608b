// Comparison of many floating-point numbers at once, with a message that says where they part.

import assert from 'node:assert/strict';

/** Numbers nested to any depth, as a JSON fixture holds a tensor. */
export type Nested = number | readonly Nested[];

/** Row-major values of nested arrays. */
export function flat(nested: Nested): number[] {
  return typeof nested === 'number' ? [nested] : nested.flatMap((entry) => flat(entry));
}

/** Fails at the first pair further apart than `tolerance` × max(1, |expected|). */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = 'value',
): void {
  assert.equal(actual.length, expected.length, `${what}: number of values`);
  for (let at = 0; at < expected.length; at++) {
    const allowed = tolerance * Math.max(1, Math.abs(expected[at]));
    const isClose = Math.abs(actual[at] - expected[at]) <= allowed;
    assert.ok(isClose, `${what}[${at}] is ${actual[at]}, expected ${expected[at]} within ${allowed}`);
  }
}

/** The same, measured against the largest expected value: for gradients, whose small entries are sums of large ones. */
export function assertCloseTogether(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  share: number,
  what = 'value',
): void {
  let largest = 0;
  for (let at = 0; at < expected.length; at++) largest = Math.max(largest, Math.abs(expected[at]));
  assert.ok(largest > 0, `${what}: nothing to compare, everything expected is 0`);
  const scaled = (values: ArrayLike<number>): number[] => Array.from(values, (value) => value / largest);
  assertClose(scaled(actual), scaled(expected), share, `${what} / ${largest}`);
}
