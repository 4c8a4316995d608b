// Values through JSON, for the wire between a Node 16 and a Node 24.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromPlain, toPlain } from '../../../src-main/processes/rpc/plain-values.ts';

function across(value: unknown): unknown {
  return fromPlain(JSON.parse(JSON.stringify(toPlain(value))));
}

test('typed arrays come out as they went in, with their type', () => {
  const value = {
    vector: Float32Array.of(0.5, -1, Number.NaN),
    bytes: Uint8Array.of(0, 255),
    rows: [Float64Array.of(Math.PI), Int32Array.of(-7), BigInt64Array.of(-1n)],
  };
  assert.deepEqual(across(value), value);
});

test('a view on a part of a buffer brings that part alone', () => {
  const part = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  assert.deepEqual(across(part), Float32Array.of(2, 3));
});

test('numbers beyond JSON survive; the rest is as JSON has it', () => {
  const value = { a: Number.NaN, b: Number.NEGATIVE_INFINITY, c: null, d: 'text', e: [true, 0] };
  assert.deepEqual(across(value), value);
});

test('what cannot cross is refused, not lost', () => {
  assert.throws(() => toPlain({ at: new Date(0) }), /Date cannot cross/);
  assert.throws(() => toPlain([new Map()]), /Map cannot cross/);
  assert.throws(() => toPlain(new DataView(new ArrayBuffer(1))), /DataView cannot cross/);
});
