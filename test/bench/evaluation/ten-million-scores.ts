// Ten million scores in ten folds: everything that a verification report asks, beside the sort that any of it needs.
// Run: node --max-old-space-size=6000 test/bench/evaluation/ten-million-scores.ts

import { Rng } from '../../../src-main/common/rng.ts';
import { medianOf } from '../../../src-main/common/statistics.ts';
import { evaluateVerification } from '../../../src-main/evaluation/verification.ts';

const SCORES = 10_000_000;
const FOLDS = 10;
const REPEATS = 3;

const rng = Rng.seeded(1);
const pairs = Array.from({ length: SCORES }, (_, pair) => ({
  isGenuine: pair % 2 === 0,
  fold: Math.floor((pair * FOLDS) / SCORES),
}));
const scores = Float64Array.from(pairs, ({ isGenuine }) => rng.next() + (isGenuine ? 0.3 : 0));

function secondsOf(work: () => void): number {
  const before = performance.now();
  work();
  return (performance.now() - before) / 1000;
}

evaluateVerification(
  scores.subarray(0, 100_000),
  pairs.slice(0, 100_000).map((pair) => ({ ...pair, fold: 0 })),
);
const ours: number[] = [];
const sorts: number[] = [];
for (let repeat = 0; repeat < REPEATS; repeat++) {
  ours.push(secondsOf(() => evaluateVerification(scores, pairs)));
  sorts.push(secondsOf(() => scores.slice().sort()));
}
const median = medianOf(ours);
const result = {
  name: 'ten-million-scores',
  median,
  unit: 's',
  folds: FOLDS,
  baseline: { name: 'sorting them once', median: medianOf(sorts) },
  peakRssMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
