import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix, normaliseRows } from '../../../../src-main/common/matrix.ts';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import {
  DEFAULT_CLASSIFIER,
  fitClassifier,
  ranksOf,
} from '../../../../src-main/engine/classifier/cosine-classifier.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';

const CLASSES = 6;
const SIZE = 16;

/** Rows that share a strong common direction, so that class means alone tell classes apart badly. */
function made(seed: number, perClass: number) {
  const rng = Rng.seeded(seed);
  const directions = Rng.seeded(99);
  const centres = Array.from({ length: CLASSES * SIZE }, () => directions.normal());
  const labels = Int32Array.from({ length: CLASSES * perClass }, (_, row) => row % CLASSES);
  const values = new Float32Array(labels.length * SIZE);
  for (const [row, label] of labels.entries()) {
    for (let d = 0; d < SIZE; d++) {
      const noise = d < 4 ? 6 * rng.normal() : 0.6 * rng.normal();
      values[row * SIZE + d] = (d < 4 ? 5 : 0) + centres[label * SIZE + d] + noise;
    }
  }
  return { rows: normaliseRows(matrix(values, SIZE)), labels };
}

function topOne(ranks: Int32Array): number {
  return ranks.filter((rank) => rank === 1).length / ranks.length;
}

test('fine-tuning beats class means, repeats exactly and leaks nothing', () => {
  const runtime = loadRuntime();
  const [training, held] = [made(1, 40), made(2, 20)];
  const before = runtime.tf.memory().numTensors;
  const fit = (steps: number) =>
    fitClassifier(
      runtime,
      training.rows,
      training.labels,
      CLASSES,
      { ...DEFAULT_CLASSIFIER, steps },
      ProgressToken.silent(),
    );
  const means = topOne(ranksOf(fit(0), held.rows, held.labels));
  const tuned = fit(100);
  const accuracy = topOne(ranksOf(tuned, held.rows, held.labels));
  assert.ok(accuracy > means + 0.1, `${means} → ${accuracy}`);
  assert.deepEqual(fit(100).values, tuned.values);
  assert.equal(runtime.tf.memory().numTensors, before);
});

test('ranks by hand: a tie counts against the right class', () => {
  const weights = matrix(Float32Array.from([1, 0, 0, 1, 1, 0]), 2);
  const rows = matrix(Float32Array.from([1, 0, 0, 1]), 2);
  assert.deepEqual([...ranksOf(weights, rows, Int32Array.from([0, 1]))], [2, 1]);
});

test('a class without a face is refused', () => {
  const rows = matrix(Float32Array.from([1, 0]), 2);
  assert.throws(
    () =>
      fitClassifier(loadRuntime(), rows, Int32Array.from([1]), 2, DEFAULT_CLASSIFIER, ProgressToken.silent()),
    { code: 'bad-data', message: /class 0 of 2 has no training face/ },
  );
});
