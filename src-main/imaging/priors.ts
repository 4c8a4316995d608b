// The prior boxes of the RFB-320 detector and the decoding of its regressions, for any input size.
// Layout and variances: Linzaer, Ultra-Light-Fast-Generic-Face-Detector-1MB (RFB-320).

import { assert } from '../common/assert.ts';
import type { ScoredBox } from './box.ts';

/** Pixels between the cells of each feature map. */
const STRIDES = [8, 16, 32, 64] as const;
/** Width and height of the priors at each cell, in pixels; training at 320 × 240 cut the largest at the picture's height. */
const SIZES = [
  [
    [10, 10],
    [16, 16],
    [24, 24],
  ],
  [
    [32, 32],
    [48, 48],
  ],
  [
    [64, 64],
    [96, 96],
  ],
  [
    [128, 128],
    [192, 192],
    [256, 240],
  ],
] as const;
const CENTRE_VARIANCE = 0.1;
const SIZE_VARIANCE = 0.2;
/**
 * How far the priors of each map lie above their cells' centres. In training 240 rows of pixels were shared out evenly over
 * 8 and 4 rows of cells, 30 and 60 px each, while the cells see 32 and 64 px: 8 px of difference on average, which the
 * network has learned to add. Without it faces of 60 px and more come out 6 to 9 px too low (EXPERIMENTS.md).
 */
const RISES = [0, 0, 8, 8] as const;
/** Values per prior. */
const PRIOR_VALUES = 4;

/**
 * Centre x, centre y, width and height of each prior, in pixels, in the order of the network's outputs. At
 * 320 × 240 they differ from the original's in the last two maps alone, by less than 7 px up or down.
 */
export function priorBoxes(width: number, height: number): Float32Array {
  const values: number[] = [];
  for (const [level, stride] of STRIDES.entries()) {
    for (let row = 0; row < Math.ceil(height / stride); row++) {
      for (let column = 0; column < Math.ceil(width / stride); column++) {
        for (const [priorWidth, priorHeight] of SIZES[level])
          values.push((column + 0.5) * stride, (row + 0.5) * stride - RISES[level], priorWidth, priorHeight);
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
  const count = priors.length / PRIOR_VALUES;
  assert(
    scores.length === count * 2 && regressions.length === count * 4,
    `${count} priors need ${count * 2} scores and ${count * 4} regressions, got ${scores.length} and ${regressions.length}`,
  );
  const found: ScoredBox[] = [];
  for (let prior = 0; prior < count; prior++) {
    const score = scores[prior * 2 + 1];
    if (score < minScore) continue;
    const [priorX, priorY, priorWidth, priorHeight] = priors.subarray(
      prior * PRIOR_VALUES,
      (prior + 1) * PRIOR_VALUES,
    );
    const width = priorWidth * Math.exp(regressions[prior * 4 + 2] * SIZE_VARIANCE);
    const height = priorHeight * Math.exp(regressions[prior * 4 + 3] * SIZE_VARIANCE);
    const centreX = priorX + regressions[prior * 4] * CENTRE_VARIANCE * priorWidth;
    const centreY = priorY + regressions[prior * 4 + 1] * CENTRE_VARIANCE * priorHeight;
    found.push({ x: centreX - width / 2, y: centreY - height / 2, width, height, score });
  }
  return found;
}
