// Open answers of a compact store, closed: the candidates' float32 vectors are read, scored in float64 and ranked.

import { dot } from '../../common/matrix.ts';
import { type OpenAnswer, rankAnswer } from './ranking.ts';
import { facesBehindAnswers, type SearchAnswer, type SearchRequest } from './request.ts';

/** Reads float32 vectors by id, in the order asked for; null for one that is gone. */
export type VectorReader = (
  ids: readonly number[],
) => readonly (Float32Array | null)[] | Promise<readonly (Float32Array | null)[]>;

/** Vectors read per answer at most, and at least for so many hits: beyond it the answer is no longer surely exact. */
const MOST_READS = 4096;
const READS_PER_HIT = 4;

export async function closeAnswers(
  request: SearchRequest,
  open: readonly OpenAnswer[],
  dimension: number,
  readVectors: VectorReader,
): Promise<SearchAnswer[]> {
  const mostReads = Math.max(MOST_READS, READS_PER_HIT * request.limit);
  const kept = open.map((answer) => limitCandidates(answer, mostReads));
  const ids = [...new Set(kept.flatMap(({ candidates }) => candidates.map(({ id }) => id)))];
  const vectors = new Map<number, Float32Array>();
  const rows = await readVectors(ids);
  ids.forEach((id, index) => {
    const vector = rows[index];
    if (vector !== null) vectors.set(id, vector);
  });
  const probes = request.probes.length / dimension;
  const faces = facesBehindAnswers(request, probes);
  return kept.map((answer, at) => {
    const [first, end] = request.fusion === 'max' ? [0, probes] : [at, at + 1];
    const candidates = answer.candidates.filter(({ id }) => vectors.has(id));
    const scores = candidates.map(({ id }) =>
      bestScore(vectors.get(id) as Float32Array, request.probes, dimension, first, end),
    );
    return rankAnswer({ ...answer, candidates }, scores, {
      limit: request.limit,
      minimumScore: request.minimumScore ?? null,
      facesBehindProbe: faces[at],
      isExact: answer.candidates.length === open[at].candidates.length,
    });
  });
}

/** The most promising candidates. */
function limitCandidates(answer: OpenAnswer, most: number): OpenAnswer {
  if (answer.candidates.length <= most) return answer;
  const candidates = answer.candidates
    .toSorted((left, right) => right.low + right.high - left.low - left.high)
    .slice(0, most);
  return { ...answer, candidates };
}

function bestScore(
  vector: Float32Array,
  probes: Float32Array,
  dimension: number,
  first: number,
  end: number,
): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let probe = first; probe < end; probe++) {
    best = Math.max(best, dot(vector, probes.subarray(probe * dimension, (probe + 1) * dimension)));
  }
  return best;
}
