// The prior boxes of the RFB-320 detector and the decoding of its regressions, for any input size.
// Layout and variances: Linzaer, Ultra-Light-Fast-Generic-Face-Detector-1MB (RFB-320).

import { assert } from '../common/assert.ts';
import type { ScoredBox } from './box.ts';

/** Pixels between the cells of each feature map. */
const STRIDES = [8, 16, 32, 64] as const;
/** Sides of the square priors at each cell, in pixels. */
const SIDES = [
  [10, 16, 24],
  [32, 48],
  [64, 96],
  [128, 192, 256],
] as const;
const CENTRE_VARIANCE = 0.1;
const SIZE_VARIANCE = 0.2;

/** Centre x, centre y and side of each prior, in pixels, in the order of the network's outputs. */
export function priorBoxes(width: number, height: number): Float32Array {
  const values: number[] = [];
  for (const [level, stride] of STRIDES.entries()) {
    for (let row = 0; row < Math.ceil(height / stride); row++) {
      for (let column = 0; column < Math.ceil(width / stride); column++) {
        for (const side of SIDES[level]) values.push((column + 0.5) * stride, (row + 0.5) * stride, side);
      }
    }
  }
  return Float32Array.from(values);
}

/**
 * Boxes at or above `minScore`. `scores` is P × 2 (background, face), `regressions` P × 4 (centre x, y and
 * log width, height relative to the prior), P the number of priors.
 */
export function decodeFaces(
  scores: Float32Array,
  regressions: Float32Array,
  priors: Float32Array,
  minScore: number,
): ScoredBox[] {
  const count = priors.length / 3;
  assert(
    scores.length === count * 2 && regressions.length === count * 4,
    `${count} priors need ${count * 2} scores and ${count * 4} regressions, got ${scores.length} and ${regressions.length}`,
  );
  const found: ScoredBox[] = [];
  for (let prior = 0; prior < count; prior++) {
    const score = scores[prior * 2 + 1];
    if (score < minScore) continue;
    const side = priors[prior * 3 + 2];
    const width = side * Math.exp(regressions[prior * 4 + 2] * SIZE_VARIANCE);
    const height = side * Math.exp(regressions[prior * 4 + 3] * SIZE_VARIANCE);
    const centreX = priors[prior * 3] + regressions[prior * 4] * CENTRE_VARIANCE * side;
    const centreY = priors[prior * 3 + 1] + regressions[prior * 4 + 1] * CENTRE_VARIANCE * side;
    found.push({ x: centreX - width / 2, y: centreY - height / 2, width, height, score });
  }
  return found;
}
