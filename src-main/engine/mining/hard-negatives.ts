// For each face, the n most similar faces of other identities: a stripe of similarities at a time, and its top entries.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { Tf } from '../runtime/load.ts';
import { groupSize, type IdentityGroups } from './identity-groups.ts';

/** Similarities of a stripe: 256 MB at most, however many faces there are. */
const MOST_STRIPE_ENTRIES = 2 ** 26;
const MOST_STRIPE_ROWS = 512;

/**
 * Hard negatives of every face: N × `negatives` face numbers, most similar first, equal similarities by number.
 * Memory besides the input (and the tensor's copy of it) and the result: one stripe. Every face must have that many faces
 * of other identities.
 */
export async function mineHardNegatives(
  tf: Tf,
  embeddings: Matrix,
  groups: IdentityGroups,
  negatives: number,
  progress: ProgressToken,
): Promise<Int32Array> {
  const faces = embeddings.rows;
  const result = new Int32Array(faces * negatives);
  const stripeRows = Math.min(MOST_STRIPE_ROWS, Math.max(1, Math.floor(MOST_STRIPE_ENTRIES / faces)));
  const all = tf.tensor2d(embeddings.values, [faces, embeddings.columns]);
  try {
    const stage = progress.stage('mining hard negatives', faces, 'faces');
    for (let firstRow = 0; firstRow < faces; firstRow += stripeRows) {
      await nextTurn();
      progress.throwIfCancelled();
      const rows = Math.min(stripeRows, faces - firstRow);
      const queried = groups.groupOf.subarray(firstRow, firstRow + rows);
      // A face's own identity is among its most similar faces: so many more are asked for, and left out below.
      const spare = queried.reduce((most, group) => Math.max(most, groupSize(groups, group)), 0);
      const asked = Math.min(negatives + spare, faces);
      const nearest = nearestTo(tf, all, firstRow, rows, asked);
      for (let row = 0; row < rows; row++) {
        const line = nearest.subarray(row * asked, (row + 1) * asked);
        keepOthers(
          line,
          groups.groupOf,
          queried[row],
          result.subarray((firstRow + row) * negatives, (firstRow + row + 1) * negatives),
        );
      }
      stage.advance(rows);
    }
  } finally {
    all.dispose();
  }
  return result;
}

/** The `count` nearest faces of each of `rows` faces from `firstRow` on, themselves among them, row-major. */
function nearestTo(tf: Tf, all: Tensor2D, firstRow: number, rows: number, count: number): Int32Array {
  const indices = tf.tidy(() => {
    const queries = tf.slice2d(all, [firstRow, 0], [rows, all.shape[1]]);
    return tf.topk(tf.matMul(queries, all, false, true), count).indices; // [rows, count]
  });
  const values = indices.dataSync<'int32'>();
  indices.dispose();
  return values;
}

/** The first faces of `line` that are not of `group`, as many as `target` takes. */
function keepOthers(line: Int32Array, groupOf: Int32Array, group: number, target: Int32Array): void {
  let kept = 0;
  for (let at = 0; at < line.length && kept < target.length; at++) {
    if (groupOf[line[at]] !== group) target[kept++] = line[at];
  }
}
