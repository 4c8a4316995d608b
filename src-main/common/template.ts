// Templates: several faces of one person fused to one unit embedding.

import { ensure } from './errors.ts';
import { type Matrix, normalise, rowOf } from './matrix.ts';

/**
 * The weighted mean of unit rows, renormalised; weights all zero count as all equal. Sums are float64.
 * @param rows which rows of the N × D matrix
 * @param weights one for each row of the matrix, 0 or more; null for equal ones
 * Throws `bad-data` for no rows, negative weights, or rows that cancel out.
 */
export function fuseTemplate(
  source: Matrix,
  rows: ArrayLike<number>,
  weights: ArrayLike<number> | null = null,
): Float32Array {
  ensure(rows.length > 0, 'bad-data', 'a template needs at least one face');
  let total = 0;
  for (let index = 0; index < rows.length; index++) {
    const weight = weights?.[rows[index]] ?? 1;
    ensure(weight >= 0, 'bad-data', `a face's weight in a template is 0 or more, not ${weight}`);
    total += weight;
  }
  const sum = new Float64Array(source.columns);
  for (let index = 0; index < rows.length; index++) {
    const weight = total > 0 ? (weights?.[rows[index]] ?? 1) : 1;
    const face = rowOf(source, rows[index]);
    for (let d = 0; d < sum.length; d++) sum[d] += weight * face[d];
  }
  let squares = 0;
  for (const value of sum) squares += value * value;
  const length = Math.sqrt(squares);
  ensure(length > 1e-6, 'bad-data', 'the faces of a template cancel out, so that it has no direction');
  return normalise(Float32Array.from(sum, (value) => value / length));
}
