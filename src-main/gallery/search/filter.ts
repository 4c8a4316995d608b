// Which rows a search looks at: conditions on attributes, asked once per row, chunk by chunk, before any score is computed.

import { ensure } from '../../common/errors.ts';
import type { Block } from './block.ts';

/** All given conditions must hold. A row whose attribute is unknown fulfils no condition on it. */
export interface RowFilter {
  readonly cameraIds?: readonly number[];
  /** Unix time in ms, inclusive. */
  readonly capturedFromMs?: number;
  /** Unix time in ms, exclusive. */
  readonly capturedUntilMs?: number;
  readonly minimumQuality?: number;
  readonly minimumSizePx?: number;
  readonly subject?: 'known' | 'unknown';
  readonly subjectIds?: readonly number[];
  readonly excludeSubjectIds?: readonly number[];
  readonly excludeTrackIds?: readonly number[];
  readonly excludeIds?: readonly number[];
  /** One bit per row, from `VectorStore.maskOf` or `maskWhere`; rows written later are not in it. */
  readonly mask?: Uint32Array;
}

/** Whether a row passes. */
export type RowTest = (block: Block, offset: number, row: number) => boolean;

/** One test for the whole filter; null where every row passes. Throws `bad-data` for a time range that holds nothing. */
export function compileFilter(filter: RowFilter | undefined): RowTest | null {
  if (filter === undefined) return null;
  const tests = [...maskTests(filter), ...numberTests(filter), ...idTests(filter)];
  if (tests.length === 0) return null;
  if (tests.length === 1) return tests[0];
  return (block, offset, row) => {
    for (const passes of tests) if (!passes(block, offset, row)) return false;
    return true;
  };
}

function maskTests({ mask }: RowFilter): RowTest[] {
  if (mask === undefined) return [];
  const rows = 32 * mask.length;
  return [(_block, _offset, row) => row < rows && ((mask[row >>> 5] >>> (row & 31)) & 1) === 1];
}

/** Comparisons with NaN, which stands for unknown, are false. */
function numberTests(filter: RowFilter): RowTest[] {
  const { capturedFromMs, capturedUntilMs, minimumQuality, minimumSizePx } = filter;
  const tests: RowTest[] = [];
  if (capturedFromMs !== undefined || capturedUntilMs !== undefined) {
    const from = capturedFromMs ?? Number.NEGATIVE_INFINITY;
    const until = capturedUntilMs ?? Number.POSITIVE_INFINITY;
    ensure(
      from < until,
      'bad-data',
      `a time range must end after it starts, not run from ${from} to ${until}`,
    );
    tests.push(({ capturedAtMs }, offset) => capturedAtMs[offset] >= from && capturedAtMs[offset] < until);
  }
  if (minimumQuality !== undefined) tests.push(({ quality }, offset) => quality[offset] >= minimumQuality);
  if (minimumSizePx !== undefined) tests.push(({ sizePx }, offset) => sizePx[offset] >= minimumSizePx);
  return tests;
}

function idTests(filter: RowFilter): RowTest[] {
  const { subject, cameraIds, subjectIds, excludeSubjectIds, excludeTrackIds, excludeIds } = filter;
  const tests: RowTest[] = [];
  if (subject !== undefined) {
    const isKnownWanted = subject === 'known';
    tests.push(({ subjects }, offset) => (subjects[offset] !== 0) === isKnownWanted);
  }
  if (cameraIds !== undefined) {
    const wanted = new Set(cameraIds);
    tests.push(({ cameras }, offset) => wanted.has(cameras[offset]));
  }
  if (subjectIds !== undefined) {
    const wanted = new Set(subjectIds);
    tests.push(({ subjects }, offset) => wanted.has(subjects[offset]));
  }
  if (excludeSubjectIds !== undefined) {
    const excluded = new Set(excludeSubjectIds);
    tests.push(({ subjects }, offset) => !excluded.has(subjects[offset]));
  }
  if (excludeTrackIds !== undefined) {
    const excluded = new Set(excludeTrackIds);
    tests.push(({ tracks }, offset) => !excluded.has(tracks[offset]));
  }
  if (excludeIds !== undefined) {
    const excluded = new Set(excludeIds);
    tests.push(({ ids }, offset) => !excluded.has(ids[offset]));
  }
  return tests;
}
