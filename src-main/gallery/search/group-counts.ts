// How many of the compared rows each answered group has: one pass over the id columns for all answers together.

import type { RowFilter } from './filter.ts';
import { compileFilter } from './filter.ts';
import { type GroupBy, groupingOf } from './row-groups.ts';
import type { Snapshot } from './row-ledger.ts';
import type { Scanner } from './scan.ts';

/** Bits of a group's number that are looked at first: most rows fall out by them. */
const SIEVE_MASK = 0xffff;

/** Visible rows that pass the filter, per group of the given ones. */
export function countGroups(
  scanner: Scanner,
  snapshot: Snapshot,
  groupBy: GroupBy,
  filter: RowFilter | undefined,
  groups: Iterable<number>,
): Map<number, number> {
  const counts = new Map<number, number>();
  const sieve = new Uint8Array(SIEVE_MASK + 1);
  for (const group of groups) {
    counts.set(group, 0);
    sieve[group & SIEVE_MASK] = 1;
  }
  const passesFilter = compileFilter(filter);
  const groupOf = groupingOf(groupBy);
  const { rowsPerBlock } = scanner.layout;
  for (let first = 0; first < snapshot.rows; first += rowsPerBlock) {
    const { block } = scanner.locate(first);
    const rows = Math.min(rowsPerBlock, snapshot.rows - first);
    for (let offset = 0; offset < rows; offset++) {
      const group = groupOf(block, offset, first + offset);
      if (sieve[group & SIEVE_MASK] === 0) continue;
      const count = counts.get(group);
      if (count === undefined || !block.isVisible(offset, snapshot.version)) continue;
      if (passesFilter !== null && !passesFilter(block, offset, first + offset)) continue;
      counts.set(group, count + 1);
    }
  }
  return counts;
}
