import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { Rng } from '../../../../src-main/common/rng.ts';
import {
  createRelationScores,
  type RelationScores,
} from '../../../../src-main/engine/losses/relation-scores.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { assertClose } from '../../../support/close.ts';

const runtime = loadRuntime();
const { tf } = runtime;

/** Both ways of computing them: our own kernel, and TensorFlow's operations where it is absent (a GPU). */
const WAYS = [
  ['our kernel', createRelationScores(runtime, true)],
  ['composed', createRelationScores(runtime, false)],
] as const;

const [BATCH, OTHERS, NEGATIVES] = [3, 5, 6];

type Given = readonly [anchors: number[][], others: number[][], directions: number[][]];

/** ⟨v, ReLU(a − o) / |ReLU(a − o)|⟩ in float64, pair by pair. */
function naiveScores([anchors, others, directions]: Given, indices: number[][]): number[] {
  return indices.flatMap((row, sample) =>
    row.map((index) => {
      const rectified = anchors[sample].map((value, at) => Math.max(value - others[index][at], 0));
      const length = Math.hypot(...rectified);
      const product = rectified.reduce((sum, value, at) => sum + value * directions[sample][at], 0);
      return length === 0 ? 0 : product / length;
    }),
  );
}

function evaluate(
  scores: RelationScores,
  given: Given,
  indices: number[][],
  upstream: number[],
): Float32Array[] {
  return tf.tidy(() => {
    const index = tf.tensor2d(indices, undefined, 'int32');
    const inputs = given.map((rows) => tf.tensor2d(rows));
    const run = (...tensors: Tensor[]): Tensor => {
      const [anchors, others, directions] = tensors as Tensor2D[];
      return scores(anchors, others, directions, index);
    };
    const gradients = tf.grads(run)(inputs, tf.tensor(upstream, index.shape));
    return [run(...inputs), ...gradients].map((tensor) => tensor.dataSync<'float32'>());
  });
}

function draw(seed: number, size: number): { given: Given; indices: number[][]; upstream: number[] } {
  const rng = Rng.seeded(seed);
  const rows = (count: number): number[][] =>
    Array.from({ length: count }, () => Array.from({ length: size }, () => rng.normal()));
  const indices = Array.from({ length: BATCH }, () =>
    Array.from({ length: NEGATIVES }, () => rng.int(OTHERS)),
  );
  const upstream = Array.from({ length: BATCH * NEGATIVES }, () => rng.normal());
  return { given: [rows(BATCH), rows(OTHERS), rows(BATCH)], indices, upstream };
}

for (const [way, scores] of WAYS) {
  for (const size of [4, 150])
    test(`${way}: ${size} channels: scores and gradients equal a naive reference and its central differences`, () => {
      const { given, indices, upstream } = draw(1, size);
      const [values, ...gradients] = evaluate(scores, given, indices, upstream);
      assertClose(values, naiveScores(given, indices), 1e-6, 'scores');
      const step = 1e-6;
      const weighted = (): number =>
        naiveScores(given, indices).reduce((sum, score, at) => sum + score * upstream[at], 0);
      given.forEach((rows, which) => {
        const differences = rows.flatMap((row) =>
          row.map((value, at) => {
            row[at] = value + step;
            const above = weighted();
            row[at] = value - step;
            const below = weighted();
            row[at] = value;
            return (above - below) / (2 * step);
          }),
        );
        assertClose(gradients[which], differences, 2e-5, `gradient ${which}`);
      });
    });

  test(`${way}: a relation that the ReLU empties scores 0 and pulls nothing`, () => {
    const given: Given = [
      [[0, 0]],
      [
        [1, 2],
        [-1, 5],
      ],
      [[0.6, 0.8]],
    ];
    const [values, anchors, others, directions] = evaluate(scores, given, [[0, 1]], [1, 1]);
    // Other 1: ReLU((0, 0) − (−1, 5)) = (1, 0), so the score is the direction's first entry.
    assertClose(values, [0, 0.6], 1e-7);
    // d⟨v, r/|r|⟩/dr = (v − ⟨v, r̂⟩·r̂)/|r| = (0, 0.8), and the ReLU stops the second entry.
    assertClose(anchors, [0, 0], 1e-6);
    assertClose(others, [0, 0, 0, 0], 1e-6);
    assertClose(directions, [1, 0], 1e-6);
    assert.equal(tf.memory().numTensors, 0);
  });
}

test('an index outside the others is refused', () => {
  const { given } = draw(2, 4);
  const [, scores] = WAYS[0];
  const indices = given[0].map(() => [OTHERS]);
  assert.throws(() => evaluate(scores, given, indices, [1, 1, 1]), /points outside the others/);
});
