import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { assignCheapest } from '../../../../src-main/gallery/tracking/assignment.ts';

/** The least cost over every way to give rows columns or none. */
function naiveCost(costs: number[], rows: number, columns: number, alone: number): number {
  const from = (row: number, taken: number): number => {
    if (row === rows) return 0;
    let best = alone + from(row + 1, taken);
    for (let column = 0; column < columns; column++) {
      if ((taken & (1 << column)) !== 0) continue;
      best = Math.min(best, costs[row * columns + column] + from(row + 1, taken | (1 << column)));
    }
    return best;
  };
  return from(0, 0);
}

test('the sum of costs is the least of all pairings, forbidden pairs and lone rows included', () => {
  for (let seed = 0; seed < 400; seed++) {
    const rng = Rng.seeded(seed);
    const [rows, columns] = [rng.int(6), rng.int(6)];
    const costs = Array.from({ length: rows * columns }, () =>
      rng.next() < 0.3 ? Number.POSITIVE_INFINITY : seed % 2 === 0 ? rng.next() : rng.int(4) / 4,
    );
    const alone = [0.2, 0.5, 1][seed % 3];
    const assigned = assignCheapest(costs, rows, columns, alone);
    assert.equal(assigned.length, rows);
    const used = [...assigned].filter((column) => column !== -1);
    assert.equal(new Set(used).size, used.length);
    let sum = 0;
    assigned.forEach((column, row) => {
      sum += column === -1 ? alone : costs[row * columns + column];
    });
    assert.ok(Math.abs(sum - naiveCost(costs, rows, columns, alone)) < 1e-9, `seed ${seed}`);
  }
});

test('greedy would take the cheapest pair first and pay more', () => {
  // Greedy takes 0.1 and leaves 0.9; the best is 0.2 + 0.2.
  assert.deepEqual([...assignCheapest([0.1, 0.2, 0.2, 0.9], 2, 2, 1)], [1, 0]);
  assert.deepEqual([...assignCheapest([], 0, 3, 1)], []);
  assert.deepEqual([...assignCheapest([], 2, 0, 1)], [-1, -1]);
});
