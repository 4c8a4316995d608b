// Score histograms of genuine and impostor pairs over common bins.

import { ensure } from '../common/errors.ts';
import type { ScoreSets } from './scores.ts';

/** Bin b holds edges[b] ≤ score < edges[b + 1]; the last bin holds its upper edge too. */
export interface ScoreHistogram {
  /** bins + 1 values, ascending. */
  readonly edges: Float64Array;
  readonly genuine: Uint32Array;
  readonly impostor: Uint32Array;
}

export interface HistogramOptions {
  /** Default 50. */
  readonly bins?: number;
  /** Default: the lowest and the highest score. Scores outside count in the first and the last bin. */
  readonly range?: readonly [low: number, high: number];
}

/** Counts both classes over equal bins. Throws `bad-usage` for a number of bins below 1 or an empty range. */
export function scoreHistogram(sets: ScoreSets, options: HistogramOptions = {}): ScoreHistogram {
  const { bins = 50 } = options;
  const [low, high] = options.range ?? rangeOf(sets);
  ensure(Number.isInteger(bins) && bins >= 1, 'bad-usage', `a histogram needs at least one bin, not ${bins}`);
  ensure(low < high, 'bad-usage', `a histogram's range must not be empty: ${low} … ${high}`);
  const edges = Float64Array.from(
    { length: bins + 1 },
    (_, edge) => (low * (bins - edge) + high * edge) / bins,
  );
  return { edges, genuine: countInBins(sets.genuine, edges), impostor: countInBins(sets.impostor, edges) };
}

/** From the lowest to the highest score; scores that are all the same get a range around them. */
function rangeOf({ genuine, impostor }: ScoreSets): [number, number] {
  const low = Math.min(genuine[0], impostor[0]);
  const high = Math.max(genuine[genuine.length - 1], impostor[impostor.length - 1]);
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

function countInBins(sorted: Float64Array, edges: Float64Array): Uint32Array {
  const counts = new Uint32Array(edges.length - 1);
  let bin = 0;
  for (const score of sorted) {
    while (bin < counts.length - 1 && score >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return counts;
}
