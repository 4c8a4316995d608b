// Nearest neighbours by plain comparison of everything with everything.

import { dot, type Matrix, rowOf } from '../../src-main/common/matrix.ts';
import type { NeighbourLists } from '../../src-main/gallery/clustering/average-linkage.ts';

/** The k most similar other rows of each row; −1 where there are fewer. */
export function nearestNeighbours(vectors: Matrix, perItem: number): NeighbourLists {
  const items = new Int32Array(vectors.rows * perItem).fill(-1);
  const scores = new Float32Array(items.length);
  for (let row = 0; row < vectors.rows; row++) {
    const others = Array.from({ length: vectors.rows }, (_, other) => other)
      .filter((other) => other !== row)
      .map((other) => ({ other, score: dot(rowOf(vectors, row), rowOf(vectors, other)) }))
      .sort((left, right) => right.score - left.score);
    others.slice(0, perItem).forEach(({ other, score }, rank) => {
      items[row * perItem + rank] = other;
      scores[row * perItem + rank] = score;
    });
  }
  return { perItem, items, scores };
}
