import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';

function draws(rng: Rng, count: number): number[] {
  return Array.from({ length: count }, () => rng.uint32());
}

test('the same seeds give the same stream, any other seeds another', () => {
  const stream = (...seeds: number[]): string => draws(Rng.seeded(...seeds), 8).join();
  const seeds = [[1], [2], [1, 0], [0, 1], [1, 2, 3], [3, 2, 1], [-1], [2 ** 32 + 1], [1, 2 ** 40]];
  assert.equal(stream(1, 2, 3), stream(1, 2, 3));
  assert.equal(new Set(seeds.map((seed) => stream(...seed))).size, seeds.length);
});

test('a stream goes on from its state', () => {
  const rng = Rng.seeded(7);
  draws(rng, 5);
  const state = rng.state;
  const expected = draws(rng, 20);
  assert.deepEqual(draws(Rng.fromState(state), 20), expected);
  // As a checkpoint would hold it.
  assert.deepEqual(draws(Rng.fromState(JSON.parse(JSON.stringify(state))), 20), expected);
});

test('draws are uniform, also the first ones of neighbouring seeds', () => {
  const count = 20_000;
  const bins = 20;
  for (const [name, draw] of [
    [
      'one stream',
      (
        (rng) => () =>
          rng.next()
      )(Rng.seeded(1)),
    ],
    [
      'first draw of each step',
      (
        (step) => () =>
          Rng.seeded(1, 2, 3, step++).next()
      )(0),
    ],
    [
      'first draw of each seed',
      (
        (seed) => () =>
          Rng.seeded(seed++).next()
      )(0),
    ],
  ] as const) {
    const counts = new Array<number>(bins).fill(0);
    for (let at = 0; at < count; at++) {
      const value = draw();
      assert.ok(value >= 0 && value < 1);
      counts[Math.floor(value * bins)]++;
    }
    const expected = count / bins;
    const chiSquared = counts.reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
    // 19 degrees of freedom: 43.8 is passed once in a thousand; the seeds are fixed, so this never changes.
    assert.ok(chiSquared < 43.8, `${name}: χ² ${chiSquared}, ${counts}`);
  }
});

test('whole numbers, ranges and normals have their moments', () => {
  const rng = Rng.seeded(3);
  const count = 20_000;
  const ints = Array.from({ length: count }, () => rng.int(6));
  assert.deepEqual([...new Set(ints)].sort(), [0, 1, 2, 3, 4, 5]);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean(ints) - 2.5) < 0.05);
  const uniforms = Array.from({ length: count }, () => rng.uniform(-2, 6));
  assert.ok(uniforms.every((value) => value >= -2 && value < 6) && Math.abs(mean(uniforms) - 2) < 0.1);
  const normals = Array.from({ length: count }, () => rng.normal());
  assert.ok(normals.every(Number.isFinite));
  assert.ok(Math.abs(mean(normals)) < 0.03);
  assert.ok(Math.abs(mean(normals.map((value) => value ** 2)) - 1) < 0.05);
});

test('shuffling keeps every value, in place, and reaches every order', () => {
  const values = Int32Array.from({ length: 50 }, (_, at) => at);
  const shuffled = Rng.seeded(1).shuffle(values);
  assert.equal(shuffled, values);
  assert.notDeepEqual(
    [...shuffled],
    [...shuffled].sort((left, right) => left - right),
  );
  assert.deepEqual([...new Set(shuffled)].length, 50);
  const orders = new Map<string, number>();
  const rng = Rng.seeded(2);
  for (let round = 0; round < 6000; round++) {
    const order = rng.shuffle([0, 1, 2]).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assert.equal(orders.size, 6);
  // 1000 ± 29 each; five standard deviations.
  for (const [order, count] of orders) assert.ok(Math.abs(count - 1000) < 145, `${order}: ${count}`);
});
