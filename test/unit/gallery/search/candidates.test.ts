import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { Candidates } from '../../../../src-main/gallery/search/candidates.ts';

interface Row {
  readonly row: number;
  readonly group: number;
  readonly exact: number;
  readonly low: number;
  readonly high: number;
}

function randomRows(count: number, groups: number, error: number, seed: number): Row[] {
  const rng = Rng.seeded(seed);
  return Array.from({ length: count }, (_, row) => {
    const exact = rng.uniform(-1, 1);
    // The exact score lies anywhere in its interval.
    const off = rng.next();
    return {
      row,
      group: rng.int(groups),
      exact,
      low: exact - error * off,
      high: exact + error * (1 - off),
    };
  });
}

/** The best row of each of the best groups, ties by row. */
function bestRows(rows: readonly Row[], limit: number): number[] {
  const sorted = rows.toSorted((left, right) => right.exact - left.exact || left.row - right.row);
  const groups = new Set<number>();
  return sorted
    .filter(({ group }) => !groups.has(group) && groups.add(group))
    .slice(0, limit)
    .map(({ row }) => row);
}

for (const order of ['random', 'ascending', 'descending'] as const) {
  for (const groups of [1_000_000, 50, 3]) {
    test(`no best row of ${groups} groups is lost, scores in ${order} order`, () => {
      const rows = randomRows(5000, groups, 0.05, groups);
      if (order !== 'random') rows.sort((left, right) => left.exact - right.exact);
      if (order === 'descending') rows.reverse();
      const limit = 10;
      const candidates = new Candidates(limit, Number.NEGATIVE_INFINITY);
      for (const { row, group, low, high } of rows) candidates.offer(row, group, low, high);
      const left = candidates.take();
      const kept = new Set(left.rows);
      for (const row of bestRows(rows, limit)) assert.ok(kept.has(row), `row ${row} is left`);
      // Half a percent of the scores lies within the bounds of the tenth best of 5,000 rows, so little else may be left.
      assert.ok(kept.size < 400, `${kept.size} of 5000 rows are left`);
      assert.equal(left.groups.length, left.rows.length);
    });
  }
}

test('equal scores are all kept: the ids decide between them later', () => {
  const candidates = new Candidates(2, Number.NEGATIVE_INFINITY);
  for (let row = 0; row < 1000; row++) candidates.offer(row, row, 0.5, 0.5);
  assert.equal(candidates.take().rows.length, 1000);
});

test('what is surely below the minimum is not taken in', () => {
  const candidates = new Candidates(3, 0.4);
  candidates.offer(1, 1, 0.3, 0.39);
  candidates.offer(2, 2, 0.3, 0.4);
  candidates.offer(3, 3, 0.5, 0.6);
  assert.deepEqual([...candidates.take().rows], [2, 3]);
});

test('of a group only rows that may be its best are kept', () => {
  const candidates = new Candidates(1, Number.NEGATIVE_INFINITY);
  candidates.offer(1, 7, 0.8, 0.82);
  candidates.offer(2, 7, 0.7, 0.79);
  candidates.offer(3, 7, 0.79, 0.81);
  assert.deepEqual([...candidates.take().rows], [1, 3]);
});
