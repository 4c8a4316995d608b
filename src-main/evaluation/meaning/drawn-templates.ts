// Templates of every band from single faces, for galleries and reference sets that hold too few of their own.

import { type Matrix, matrix, rowOf } from '../../common/matrix.ts';
import type { Rng } from '../../common/rng.ts';
import { fuseTemplate } from '../../common/template.ts';
import type { ComparedItems } from './compared-items.ts';
import { FACE_BANDS } from './face-bands.ts';

export interface DrawnTemplateOptions {
  /** Faces of the templates; default the lowest number of each band: 1, 2, 4, 8. */
  readonly sizes?: readonly number[];
  /** At most so many of one size from one half of a subject's faces. Default 4. */
  readonly perHalf?: number;
  /** Quality weight of each face; default equal ones. */
  readonly weights?: ArrayLike<number> | null;
}

/**
 * Splits each subject's shuffled faces in two groups that share none and fuses templates of every size within each, so that
 * templates of one subject from different groups are genuine pairs. With fewer than twice the largest size, the first
 * group takes the largest size that leaves a face for the second.
 */
export function drawTemplates(
  vectors: Matrix,
  subjects: ArrayLike<number>,
  rng: Rng,
  { sizes = FACE_BANDS, perHalf = 4, weights = null }: DrawnTemplateOptions = {},
): ComparedItems {
  const facesOf = new Map<number, number[]>();
  for (let face = 0; face < subjects.length; face++) {
    const known = facesOf.get(subjects[face]);
    if (known === undefined) facesOf.set(subjects[face], [face]);
    else known.push(face);
  }
  const drawn: { readonly rows: readonly number[]; readonly subject: number; readonly group: number }[] = [];
  let group = 0;
  for (const [subject, faces] of facesOf) {
    rng.shuffle(faces);
    const first = facesOfFirstGroup(faces.length, sizes);
    for (const half of [faces.slice(0, first), faces.slice(first)]) {
      for (const size of sizes) {
        const count = Math.min(perHalf, Math.floor(half.length / size));
        for (let at = 0; at < count; at++) {
          drawn.push({ rows: half.slice(at * size, (at + 1) * size), subject, group });
        }
      }
      group++;
    }
  }
  const fused = matrix(new Float32Array(drawn.length * vectors.columns), vectors.columns);
  drawn.forEach(({ rows }, index) => {
    rowOf(fused, index).set(fuseTemplate(vectors, rows, weights));
  });
  return {
    vectors: fused,
    subjects: drawn.map(({ subject }) => subject),
    groups: drawn.map((template) => template.group),
    faces: drawn.map(({ rows }) => rows.length),
  };
}

function facesOfFirstGroup(faces: number, sizes: readonly number[]): number {
  if (faces >= 2 * Math.max(...sizes)) return Math.ceil(faces / 2);
  return Math.max(1, ...sizes.filter((size) => size < faces));
}
