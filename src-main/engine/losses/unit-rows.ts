// Rows scaled to unit L2 length, differentiably.

import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Tf } from '../runtime/load.ts';

const SMALLEST_SQUARE = 1e-12;

/** [B, D] → [B, D], each row divided by its length; a zero row stays zero. */
export function unitRows(tf: Tf, rows: Tensor2D): Tensor2D {
  return rows.mul(tf.rsqrt(tf.maximum(rows.square().sum(1, true), SMALLEST_SQUARE)));
}
