// Embeddings in the plane: t-SNE (L. van der Maaten, G. Hinton 2008) by the library druid.

import { TSNE } from '@saehrimnir/druidjs';
import { ensure } from '../common/errors.ts';
import { type Matrix, rowOf } from '../common/matrix.ts';

/** One point per row. */
export interface Projection {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const ITERATIONS = 350;
const LARGEST_PERPLEXITY = 30;
/** The library holds all distances: 2,000 rows are 32 MB. */
const MOST_ROWS = 2000;

/** The same rows and seed give the same points. Throws `bad-data` for fewer than 4 rows or more than 2,000. */
export function projectToPlane(rows: Matrix, seed: number): Projection {
  ensure(
    rows.rows >= 4 && rows.rows <= MOST_ROWS,
    'bad-data',
    `t-SNE takes 4 to ${MOST_ROWS} embeddings, not ${rows.rows}`,
  );
  const points = Array.from({ length: rows.rows }, (_, row) => [...rowOf(rows, row)]);
  const perplexity = Math.min(LARGEST_PERPLEXITY, Math.floor((rows.rows - 1) / 3));
  const plane = new TSNE(points, { perplexity, epsilon: 10, d: 2, seed }).transform(ITERATIONS);
  return { x: plane.map(([x]) => x), y: plane.map(([, y]) => y) };
}
