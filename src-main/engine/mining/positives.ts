// For each face, the other faces of its identity, hardest (least similar) first.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { ensure } from '../../common/errors.ts';
import { gatherRows, type Matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { Tf } from '../runtime/load.ts';
import { groupSize, type IdentityGroups } from './identity-groups.ts';
import { TopRows } from './top-rows.ts';

const BLOCK_FACES = 512;
/** What an int32 offset can count. */
const MOST_POSITIVES = 2 ** 31 - 1;

/** Ragged: the positives of face i are `indices[offsets[i] … offsets[i + 1] − 1]`; none where the identity has one face. */
export interface Positives {
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
}

/**
 * Orders the positives of every face by ascending similarity, equal ones by number, and keeps the first `cap`.
 * Identities lie side by side in label order, so blocks of consecutive faces are multiplied with blocks of their
 * identities' faces, and no identity, however large, makes a product larger than one block.
 */
export async function orderPositives(
  tf: Tf,
  embeddings: Matrix,
  groups: IdentityGroups,
  cap: number,
  progress: ProgressToken,
): Promise<Positives> {
  const { order, offsets: starts, groupOf } = groups;
  const offsets = positiveOffsets(groups, cap);
  const indices = new Int32Array(offsets[order.length]);
  const largest = largestGroup(groups);
  const hardest = new TopRows(BLOCK_FACES, Math.max(1, Math.min(cap, largest - 1)));
  const stage = progress.stage('ordering positives', order.length, 'faces');
  for (let first = 0; first < order.length; first += BLOCK_FACES) {
    const end = Math.min(first + BLOCK_FACES, order.length);
    const firstColumn = starts[groupOf[order[first]]];
    const endColumn = starts[groupOf[order[end - 1]] + 1];
    for (let from = firstColumn; from < endColumn; from += BLOCK_FACES) {
      await nextTurn();
      progress.throwIfCancelled();
      const to = Math.min(from + BLOCK_FACES, endColumn);
      const similarities = productOf(tf, embeddings, order.subarray(first, end), order.subarray(from, to));
      for (let position = first; position < end; position++) {
        const group = groupOf[order[position]];
        const lastColumn = Math.min(to, starts[group + 1]);
        for (let column = Math.max(from, starts[group]); column < lastColumn; column++) {
          if (column === position) continue;
          const similarity = similarities[(position - first) * (to - from) + column - from];
          hardest.offer(position - first, -similarity, order[column]);
        }
      }
    }
    for (let position = first; position < end; position++) {
      hardest.drain(position - first, indices.subarray(offsets[order[position]]));
    }
    stage.advance(end - first);
  }
  return { offsets, indices };
}

function positiveOffsets(groups: IdentityGroups, cap: number): Int32Array {
  const offsets = new Int32Array(groups.groupOf.length + 1);
  let total = 0;
  for (let face = 0; face < groups.groupOf.length; face++) {
    total += Math.min(cap, groupSize(groups, groups.groupOf[face]) - 1);
    ensure(
      total <= MOST_POSITIVES,
      'bad-usage',
      `a cap of ${cap} positives per face makes more than ${MOST_POSITIVES} in all: lower it`,
    );
    offsets[face + 1] = total;
  }
  return offsets;
}

function largestGroup(groups: IdentityGroups): number {
  let largest = 0;
  for (let group = 0; group + 1 < groups.offsets.length; group++) {
    largest = Math.max(largest, groupSize(groups, group));
  }
  return largest;
}

/** Similarities of two lists of faces, row-major [rows, columns]. */
function productOf(tf: Tf, embeddings: Matrix, rows: Int32Array, columns: Int32Array): Float32Array {
  const left = tf.tensor2d(gatherRows(embeddings, rows).values, [rows.length, embeddings.columns]);
  const right = tf.tensor2d(gatherRows(embeddings, columns).values, [columns.length, embeddings.columns]);
  const product = tf.matMul(left, right, false, true); // [rows, columns]
  const values = product.dataSync<'float32'>();
  tf.dispose([left, right, product]);
  return values;
}
