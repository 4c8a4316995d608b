// From candidates with exact scores to ranked hits: ties by the smaller id, margins, counts.

import type { SearchAnswer, SearchHit } from './request.ts';
import type { RowAttributes } from './row-attributes.ts';

/** A row that may be among the best, with all that a hit tells about it. */
export interface Candidate {
  readonly id: number;
  readonly attributes: RowAttributes;
  /** Equal numbers are one hit. */
  readonly group: number;
  /** Equal numbers are one person, as far as the gallery knows. */
  readonly identity: number;
  readonly rowsInGroup: number;
  /** Bounds of the exact score. */
  readonly low: number;
  readonly high: number;
}

/** An answer whose candidates are not ranked yet. */
export interface OpenAnswer {
  readonly candidates: readonly Candidate[];
  readonly rowsSearched: number;
  readonly rowsAbove: number | null;
}

export interface RankingOptions {
  readonly limit: number;
  readonly minimumScore: number | null;
  readonly facesBehindProbe: number;
  /** False where candidates were left out. */
  readonly isExact: boolean;
}

interface Scored {
  readonly candidate: Candidate;
  readonly score: number;
}

/** @param scores exact score of each candidate */
export function rankAnswer(
  open: OpenAnswer,
  scores: ArrayLike<number>,
  options: RankingOptions,
): SearchAnswer {
  const { limit, minimumScore, facesBehindProbe, isExact } = options;
  const scored = open.candidates
    .map((candidate, index) => ({ candidate, score: scores[index] }))
    .filter(({ score }) => minimumScore === null || score >= minimumScore)
    .sort(byScoreThenId);
  // One more than the hits is sure to be the next best; what follows it is not.
  const best = bestOfGroups(scored).slice(0, limit + 1);
  const margins = marginsOf(best);
  const hits = best.slice(0, limit).map(
    ({ candidate, score }, index): SearchHit => ({
      rank: index + 1,
      id: candidate.id,
      attributes: candidate.attributes,
      score,
      margin: margins[index],
      facesBehindProbe,
      facesBehindTemplate: candidate.attributes.faces,
      rowsInGroup: candidate.rowsInGroup,
    }),
  );
  return { hits, rowsSearched: open.rowsSearched, rowsAbove: open.rowsAbove, isExact };
}

function byScoreThenId(left: Scored, right: Scored): number {
  return right.score - left.score || left.candidate.id - right.candidate.id;
}

/** Of sorted rows, the first of each group. */
function bestOfGroups(sorted: readonly Scored[]): Scored[] {
  const seen = new Set<number>();
  return sorted.filter(({ candidate }) => {
    const isFirst = !seen.has(candidate.group);
    seen.add(candidate.group);
    return isFirst;
  });
}

/** Score less the best one of another identity further down; null where none follows. */
function marginsOf(sorted: readonly Scored[]): (number | null)[] {
  const margins = new Array<number | null>(sorted.length).fill(null);
  // From the end: the next hit of somebody else is the next hit, or what that one's own next is.
  let next = sorted.length;
  for (let index = sorted.length - 2; index >= 0; index--) {
    if (sorted[index + 1].candidate.identity !== sorted[index].candidate.identity) next = index + 1;
    if (next < sorted.length) margins[index] = sorted[index].score - sorted[next].score;
  }
  return margins;
}
