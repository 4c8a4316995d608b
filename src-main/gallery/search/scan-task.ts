// What one search hands to each of its threads, and what each thread hands back: plain data and shared memory.

import type { CandidateRows } from './candidates.ts';
import type { RowFilter } from './filter.ts';
import type { GroupBy } from './row-groups.ts';
import type { Snapshot } from './row-ledger.ts';

export interface ScanTask {
  readonly snapshot: Snapshot;
  /** At most `MOST_SCAN_PROBES` × D. */
  readonly probes: Float32Array;
  readonly fusion: 'each' | 'max';
  readonly groupBy: GroupBy;
  /** Groups that are wanted per answer. */
  readonly limit: number;
  readonly minimumScore: number | null;
  readonly filter?: RowFilter;
  readonly control: ScanControl;
}

/** Of one thread: per answer what may be among the best, and counts. */
export interface ScanResult {
  readonly candidates: readonly CandidateRows[];
  /** Rows that the filter let through; null without one. */
  readonly rowsPassed: number | null;
  /** Per answer, rows of at least the minimum score; null without one. */
  readonly rowsAbove: readonly number[] | null;
}

/** What the threads of one search share: chunks are handed out by counting up, and a flag stops them. */
export type ScanControl = Int32Array<SharedArrayBuffer>;

const NEXT_CHUNK = 0;
const IS_CANCELLED = 1;

export function scanControl(): ScanControl {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** May be called on any thread. */
export function cancelScan(control: ScanControl): void {
  Atomics.store(control, IS_CANCELLED, 1);
}

export function isCancelled(control: ScanControl): boolean {
  return Atomics.load(control, IS_CANCELLED) !== 0;
}

export function takeChunk(control: ScanControl): number {
  return Atomics.add(control, NEXT_CHUNK, 1);
}

/** Hands out the chunks once more; no thread may be scanning. */
export function rewind(control: ScanControl): void {
  Atomics.store(control, NEXT_CHUNK, 0);
}
