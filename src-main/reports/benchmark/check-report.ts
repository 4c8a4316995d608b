// Recomputes what a result says of its scores and outcomes from these alone, and names each number that differs. It is the
// run's own arithmetic: a result that was changed or cut is found, an error in the arithmetic is for its tests. Batch-norm
// statistics and points of t-SNE come from the models and stand unchecked.

import { messageOf } from '../../common/errors.ts';
import { measureClosedSet, measurePaired, measureSearch, measureVerification } from './measure.ts';
import type { BenchmarkReport, Cell, VerificationCell } from './report-model.ts';

export interface ReportCheck {
  readonly cells: number;
  /** Numbers that were computed anew and compared. */
  readonly numbers: number;
  /** One line for each number that differs: where, what stands there, what it should be. */
  readonly differences: readonly string[];
}

/** Relative, or absolute below 1: float64 sums in another order. */
const TOLERANCE = 1e-9;
const MOST_DIFFERENCES = 100;

export function checkReport(report: BenchmarkReport): ReportCheck {
  const found = { numbers: 0, differences: [] as string[] };
  checkCounts(report, found);
  const cells = new Map<string, VerificationCell>();
  for (const cell of report.cells) {
    compare(
      attempt(() => recompute(report, cell)),
      cell.measured,
      cell.id,
      found,
    );
    if (cell.kind === 'pairs') cells.set(cell.id, cell);
  }
  for (const { first, second, comparison } of report.paired) {
    const name = `${first} against ${second}`;
    const [left, right] = [cells.get(first), cells.get(second)];
    const expected = attempt(() =>
      left === undefined || right === undefined || report.pairs === null
        ? 'there are no such cells'
        : measurePaired(left, right, report.pairs, report.settings).comparison,
    );
    compare(expected, comparison, name, found);
  }
  return { cells: report.cells.length, ...found };
}

function recompute({ pairs, settings }: BenchmarkReport, cell: Cell): unknown {
  if (cell.kind === 'closed-set') return { cmc: measureClosedSet(cell.subjects, cell.ranks) };
  if (cell.kind === 'search') return measureSearch(cell, settings);
  return pairs === null ? 'there are no pairs' : measureVerification(cell.scores, pairs, settings);
}

/** Scores that cannot be evaluated are a difference like any other. */
function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return messageOf(error);
  }
}

function checkCounts(
  { data, pairs }: BenchmarkReport,
  found: { numbers: number; differences: string[] },
): void {
  if (pairs === null) return;
  const genuinePairs = pairs.isGenuine.filter((flag) => flag === 1).length;
  const expected = {
    pairs: pairs.isGenuine.length,
    genuinePairs,
    impostorPairs: pairs.isGenuine.length - genuinePairs,
  };
  const { pairs: all, genuinePairs: genuine, impostorPairs: impostor } = data.counts;
  compare(expected, { pairs: all, genuinePairs: genuine, impostorPairs: impostor }, 'data', found);
}

function compare(
  expected: unknown,
  found: unknown,
  path: string,
  into: { numbers: number; differences: string[] },
): void {
  const differs = (): void => {
    if (into.differences.length < MOST_DIFFERENCES)
      into.differences.push(`${path}: ${short(found)} stands there, ${short(expected)} is computed`);
  };
  if (typeof expected === 'number') {
    into.numbers++;
    const isNear =
      typeof found === 'number' && Math.abs(found - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
    if (!isNear) differs();
  } else if (typeof expected === 'object' && expected !== null) {
    if (typeof found !== 'object' || found === null) {
      differs();
      return;
    }
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    for (const key of keys) compare(memberOf(expected, key), memberOf(found, key), `${path}.${key}`, into);
  } else if (expected !== found) {
    differs();
  }
}

function memberOf(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
