// A classifier on fixed embeddings: the final layer of closed-set identification, fine-tuned while the backbone stays as it is.

import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { assert } from '../../common/assert.ts';
import { ensure } from '../../common/errors.ts';
import { type Matrix, rowOf } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { Runtime } from '../runtime/load.ts';

export interface ClassifierSettings {
  /** s: cosines are multiplied by it before the softmax. */
  readonly scale: number;
  readonly steps: number;
  readonly learningRate: number;
}

export const DEFAULT_CLASSIFIER: ClassifierSettings = { scale: 32, steps: 200, learningRate: 0.01 };

/**
 * Class weights [K × D], unit rows: they start at each class's mean embedding and follow Adam on the cross entropy of
 * s·cosine, all faces at once. Nothing is drawn: the same faces give the same weights on a CPU. Throws `bad-data` for a class
 * without a face.
 * @param labels class of each row, 0 … K − 1
 */
export function fitClassifier(
  { tf }: Runtime,
  rows: Matrix,
  labels: Int32Array,
  classes: number,
  settings: ClassifierSettings,
  progress: ProgressToken,
): Matrix {
  assert(rows.rows === labels.length, `${rows.rows} embeddings have ${labels.length} labels`);
  const start = classSums(rows, labels, classes);
  const optimizer = tf.train.adam(settings.learningRate);
  const faces = tf.tensor2d(rows.values, [rows.rows, rows.columns]);
  const targets = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat());
  const weights = tf.tidy(() => tf.variable(tf.tensor2d(start, [classes, rows.columns])));
  const unitWeights = (): Tensor2D => tf.div(weights, tf.norm(weights, 2, 1, true));
  const stage = progress.stage('fine-tuning the final layer', settings.steps, 'steps');
  try {
    for (let step = 0; step < settings.steps; step++) {
      progress.throwIfCancelled();
      // The loss is not read back: that would wait for the device at every step.
      optimizer.minimize(() => {
        const logits = tf.matMul(faces, unitWeights(), false, true).mul(settings.scale);
        return tf.losses.softmaxCrossEntropy(targets, logits).asScalar();
      });
      stage.advance();
    }
    const values = tf.tidy(() => unitWeights().dataSync<'float32'>());
    return { values: Float32Array.from(values), rows: classes, columns: rows.columns };
  } finally {
    tf.dispose([faces, targets, weights]);
    optimizer.dispose();
  }
}

/** Where each row's own class stands among all, from 1; a tie counts against it. */
export function ranksOf(weights: Matrix, rows: Matrix, labels: Int32Array): Int32Array {
  const scores = new Float64Array(weights.rows);
  return Int32Array.from(labels, (label, row) => {
    const face = rowOf(rows, row);
    for (let kind = 0; kind < weights.rows; kind++) {
      const weight = rowOf(weights, kind);
      let sum = 0;
      for (let d = 0; d < face.length; d++) sum += face[d] * weight[d];
      scores[kind] = sum;
    }
    let rank = 0;
    for (let kind = 0; kind < scores.length; kind++) if (scores[kind] >= scores[label]) rank++;
    return rank;
  });
}

/** Sums of each class's unit rows: their direction is that of the mean. */
function classSums(rows: Matrix, labels: Int32Array, classes: number): Float32Array {
  const sums = new Float32Array(classes * rows.columns);
  const counts = new Int32Array(classes);
  for (const [row, label] of labels.entries()) {
    const face = rowOf(rows, row);
    counts[label]++;
    for (let d = 0; d < face.length; d++) sums[label * rows.columns + d] += face[d];
  }
  const empty = counts.indexOf(0);
  ensure(empty < 0, 'bad-data', `class ${empty} of ${classes} has no training face`);
  for (const [index, sum] of sums.entries()) sums[index] = sum / counts[Math.floor(index / rows.columns)];
  return sums;
}
