// Embeddings of invented people: a random direction for each, and faces scattered around it.

import { type Matrix, matrix, normalise, normaliseRows, rowOf } from '../../src-main/common/matrix.ts';
import type { Rng } from '../../src-main/common/rng.ts';

export interface MadeFaces {
  /** N × D unit rows, one subject's faces after another's. */
  readonly vectors: Matrix;
  /** Subject of each row, from 0. */
  readonly subjects: Int32Array;
}

export interface MadePeople {
  /** Faces of each subject. */
  readonly faces: readonly number[];
  readonly dimension: number;
  /** Length of the scatter against a centre of length 1: genuine pairs score about 1 / (1 + scatter²). */
  readonly scatter: number;
}

export function makeFaces(rng: Rng, { faces, dimension, scatter }: MadePeople): MadeFaces {
  const total = faces.reduce((sum, count) => sum + count, 0);
  const vectors = matrix(new Float32Array(total * dimension), dimension);
  const subjects = new Int32Array(total);
  let row = 0;
  faces.forEach((count, subject) => {
    const centre = randomDirection(rng, dimension);
    for (let face = 0; face < count; face++, row++) {
      const away = randomDirection(rng, dimension);
      rowOf(vectors, row).set(centre.map((value, d) => value + scatter * away[d]));
      subjects[row] = subject;
    }
  });
  return { vectors: normaliseRows(vectors), subjects };
}

export function randomDirection(rng: Rng, dimension: number): Float32Array {
  return normalise(Float32Array.from({ length: dimension }, () => rng.normal()));
}
