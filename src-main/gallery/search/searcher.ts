// A search from request to answers: scans on this thread and its helpers, merges, ranks.

import { Candidates } from './candidates.ts';
import { countGroups } from './group-counts.ts';
import { type Candidate, type OpenAnswer, rankAnswer } from './ranking.ts';
import { facesBehindAnswers, type SearchAnswer, type SearchRequest } from './request.ts';
import { identityOf } from './row-groups.ts';
import type { Snapshot } from './row-ledger.ts';
import { MOST_SCAN_PROBES, type Scanner } from './scan.ts';
import { rewind, type ScanControl, type ScanResult, type ScanTask } from './scan-task.ts';

/** Has other threads scan the same task; their results, one each. */
export type ScanHelpers = (task: ScanTask) => Promise<ScanResult[]>;

/** A search's outcome: ranked, or in a compact store open until the candidates' vectors are read. */
export type SearchOutcome =
  | { readonly kind: 'ranked'; readonly answers: readonly SearchAnswer[] }
  | { readonly kind: 'open'; readonly answers: readonly OpenAnswer[] };

/**
 * The request must have been checked (`checkRequest`) and the snapshot stay pinned until this settles. Throws `cancelled`
 * soon after the control says so.
 */
export async function runSearch(
  scanner: Scanner,
  request: SearchRequest,
  snapshot: Snapshot,
  control: ScanControl,
  helpers: ScanHelpers | null,
): Promise<SearchOutcome> {
  const { dimension, encoding } = scanner.layout;
  const probes = request.probes.length / dimension;
  const merged: MergedAnswer[] = [];
  for (let first = 0; first < probes; first += MOST_SCAN_PROBES) {
    rewind(control);
    const part = request.probes.slice(first * dimension, (first + MOST_SCAN_PROBES) * dimension);
    merged.push(...(await scanTogether(scanner, taskOf(request, part, snapshot, control), helpers)));
  }
  const open = openAnswers(scanner, request, snapshot, merged);
  if (encoding === 'compact') return { kind: 'open', answers: open };
  const faces = facesBehindAnswers(request, probes);
  const answers = merged.map(({ rows }, at) => {
    const [first, end] = request.fusion === 'max' ? [0, probes] : [at, at + 1];
    const scores = Float64Array.from(rows, (row) => scanner.exactScore(row, request.probes, first, end));
    return rankAnswer(open[at], scores, {
      limit: request.limit,
      minimumScore: request.minimumScore ?? null,
      facesBehindProbe: faces[at],
      isExact: true,
    });
  });
  return { kind: 'ranked', answers };
}

interface MergedAnswer {
  readonly rows: Uint32Array;
  readonly groups: Float64Array;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  readonly rowsPassed: number | null;
  readonly rowsAbove: number | null;
}

/** One group more than wanted, for the last one's margin. */
function taskOf(
  request: SearchRequest,
  probes: Float32Array,
  snapshot: Snapshot,
  control: ScanControl,
): ScanTask {
  const { fusion, groupBy, limit, minimumScore = null, filter } = request;
  return { snapshot, probes, fusion, groupBy, limit: limit + 1, minimumScore, filter, control };
}

/** The helpers are waited for even when this thread's share fails: they must not scan a snapshot that is released. */
async function scanTogether(
  scanner: Scanner,
  task: ScanTask,
  helpers: ScanHelpers | null,
): Promise<MergedAnswer[]> {
  const theirs = helpers?.(task) ?? Promise.resolve([]);
  // Awaited below; until then a failure must not count as unhandled.
  theirs.catch(() => {});
  let own: ScanResult;
  try {
    own = scanner.scan(task);
  } catch (error) {
    await theirs.catch(() => {});
    throw error;
  }
  const results = [own, ...(await theirs)];
  return own.candidates.map((_, at) => {
    const all = new Candidates(task.limit, task.minimumScore ?? Number.NEGATIVE_INFINITY);
    for (const { candidates } of results) all.offerAll(candidates[at]);
    return {
      ...all.take(),
      rowsPassed: own.rowsPassed === null ? null : sumOf(results.map(({ rowsPassed }) => rowsPassed ?? 0)),
      rowsAbove: own.rowsAbove === null ? null : sumOf(results.map(({ rowsAbove }) => rowsAbove?.[at] ?? 0)),
    };
  });
}

function openAnswers(
  scanner: Scanner,
  request: SearchRequest,
  snapshot: Snapshot,
  merged: readonly MergedAnswer[],
): OpenAnswer[] {
  const { groupBy, filter } = request;
  const counts =
    groupBy === 'face'
      ? null
      : countGroups(
          scanner,
          snapshot,
          groupBy,
          filter,
          merged.flatMap(({ groups }) => [...groups]),
        );
  return merged.map(({ rows, groups, lows, highs, rowsPassed, rowsAbove }) => ({
    candidates: Array.from(rows, (row, index): Candidate => {
      const { block, offset } = scanner.locate(row);
      return {
        id: block.ids[offset],
        attributes: block.attributes(offset),
        group: groups[index],
        identity: identityOf(block, offset, row),
        rowsInGroup: counts?.get(groups[index]) ?? 1,
        low: lows[index],
        high: highs[index],
      };
    }),
    rowsSearched: rowsPassed ?? snapshot.size,
    rowsAbove,
  }));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
