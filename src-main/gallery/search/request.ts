// What is asked of a search and what it answers: plain data that crosses threads.

import { ensure } from '../../common/errors.ts';
import { checkVector } from '../vector-check.ts';
import { compileFilter, type RowFilter } from './filter.ts';
import type { RowAttributes } from './row-attributes.ts';
import type { GroupBy } from './row-groups.ts';

/** Probes of one max fusion; separate probes may be any number. */
export const MOST_FUSED_PROBES = 128;
/** Answers per probe. */
export const MOST_HITS = 100_000;

export interface SearchRequest {
  /** P × D unit vectors, one after the other. */
  readonly probes: Float32Array;
  /** P counts: how many faces each probe was fused from; 1 each by default. */
  readonly facesBehindProbes?: readonly number[];
  /** `each`: one answer per probe. `max`: one answer, a row's score being its best over all probes. */
  readonly fusion: 'each' | 'max';
  readonly groupBy: GroupBy;
  /** Most hits per answer. */
  readonly limit: number;
  /** Threshold mode: only scores from here on, of which `rowsAbove` counts all. */
  readonly minimumScore?: number;
  readonly filter?: RowFilter;
}

/** One group (face, track or subject) by its best row. */
export interface SearchHit {
  /** 1 for the best. */
  readonly rank: number;
  /** Id of the group's best row. */
  readonly id: number;
  readonly attributes: RowAttributes;
  /** Inner product of unit vectors, in float64. */
  readonly score: number;
  /** Score less that of the next hit of somebody else (a subject, or a track of nobody known); null where none follows. */
  readonly margin: number | null;
  readonly facesBehindProbe: number;
  /** Faces behind the best row: more than 1 for a template. */
  readonly facesBehindTemplate: number;
  /** Rows of the group that the search compared. */
  readonly rowsInGroup: number;
}

export interface SearchAnswer {
  readonly hits: readonly SearchHit[];
  /** Rows compared: visible, and let through by the filter. */
  readonly rowsSearched: number;
  /** Threshold mode: rows with at least the minimum score (in a compact store: by their coded scores); else null. */
  readonly rowsAbove: number | null;
  /** Whether the hits are surely the best there are; false only for a compact store that hit its limit of reads. */
  readonly isExact: boolean;
}

/** Throws `bad-usage`, `bad-data` or `not-finite` for a request that cannot be answered. Returns P. */
export function checkRequest(request: SearchRequest, dimension: number): number {
  const { probes, facesBehindProbes, fusion, limit, minimumScore, filter } = request;
  const count = probes.length / dimension;
  ensure(
    Number.isInteger(count) && count >= 1,
    'bad-data',
    `${probes.length} values are no probes of ${dimension} dimensions`,
  );
  for (let index = 0; index < count; index++) {
    checkVector(`of probe ${index}`, probes.subarray(index * dimension, (index + 1) * dimension), dimension);
  }
  ensure(
    fusion === 'each' || count <= MOST_FUSED_PROBES,
    'bad-usage',
    `at most ${MOST_FUSED_PROBES} probes can be fused by their best score, not ${count}`,
  );
  ensure(
    Number.isInteger(limit) && limit >= 1 && limit <= MOST_HITS,
    'bad-usage',
    `a search gives 1 to ${MOST_HITS} hits, not ${limit}`,
  );
  ensure(
    minimumScore === undefined || Number.isFinite(minimumScore),
    'bad-usage',
    `a minimum score is a finite number, not ${minimumScore}`,
  );
  ensure(
    facesBehindProbes === undefined ||
      (facesBehindProbes.length === count && facesBehindProbes.every((faces) => faces >= 1)),
    'bad-usage',
    `${count} probes need ${count} counts of the faces behind them, each at least 1`,
  );
  compileFilter(filter);
  return count;
}

/** Faces behind each answer: a probe's own, or all of them together under max fusion. */
export function facesBehindAnswers(request: SearchRequest, probes: number): number[] {
  const faces = request.facesBehindProbes ?? new Array<number>(probes).fill(1);
  return request.fusion === 'each' ? [...faces] : [faces.reduce((sum, count) => sum + count, 0)];
}
