// L_RID: relation-level distillation, AIRD's eqs. (2)–(4), in the noise-contrastive form with a constant Z.

import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Rng } from '../../common/rng.ts';
import type { PlainTensor } from '../models/parameters.ts';
import type { Runtime, Tf } from '../runtime/load.ts';
import { createRelationScores } from './relation-scores.ts';
import { unitRows } from './unit-rows.ts';

export interface RelationSettings {
  /** τ. */
  readonly temperature: number;
  /** n: hard negatives per face. */
  readonly negatives: number;
}

/** W₁ and W₂ of R_t and R_ts, each [D, R]: R(a, b) = normalise(ReLU(√D·(aW₁ − bW₂))). */
export interface RelationWeights {
  readonly teacherFirst: Tensor2D;
  readonly teacherSecond: Tensor2D;
  readonly crossFirst: Tensor2D;
  readonly crossSecond: Tensor2D;
}

export interface RelationBatch {
  /** f_t(x_i): the partners' teacher embeddings [P, D], for the P faces of the batch that have a partner. */
  readonly partners: Tensor2D;
  /** f_t(x_j) of those faces, [P, D]. */
  readonly teacher: Tensor2D;
  /** f_s(x̂_j) of those faces, unit rows [P, D]. */
  readonly student: Tensor2D;
  /** Teacher embeddings of every negative of the batch, once each, [U, D]. */
  readonly others: Tensor2D;
  /** Rows of `others`, [P, n] int32. */
  readonly negativeIndices: Tensor2D;
}

export interface RelationDistillation {
  /** Mean of e^{⟨r⁻, r_ts⟩/τ}: the constant Z, taken from the first batch. */
  measurePartition(weights: RelationWeights, batch: RelationBatch): number;
  /** L_RID, differentiable in the student's embeddings and all four weights. */
  loss(weights: RelationWeights, batch: RelationBatch, partition: number): Scalar;
}

/** The two networks start equal; entries are normal with variance 1 / D. */
export function initialRelationWeights(
  embeddingSize: number,
  relationSize: number,
  rng: Rng,
): Map<string, PlainTensor> {
  const draw = (): PlainTensor => {
    const values = new Float32Array(embeddingSize * relationSize);
    for (let i = 0; i < values.length; i++) values[i] = rng.normal() / Math.sqrt(embeddingSize);
    return { shape: [embeddingSize, relationSize], values };
  };
  const first = draw();
  const second = draw();
  return new Map([
    ['relation.teacherFirst', first],
    ['relation.teacherSecond', second],
    ['relation.crossFirst', { shape: first.shape, values: first.values.slice() }],
    ['relation.crossSecond', { shape: second.shape, values: second.values.slice() }],
  ]);
}

export function createRelationDistillation(
  runtime: Runtime,
  settings: RelationSettings,
): RelationDistillation {
  const { tf } = runtime;
  const { temperature, negatives } = settings;
  const relationScores = createRelationScores(runtime);

  const similarities = (
    weights: RelationWeights,
    batch: RelationBatch,
  ): { positive: Tensor1D; negative: Tensor2D } => {
    const anchors = tf.matMul(batch.partners, weights.teacherFirst); // [P, R]
    const cross = relate(
      tf,
      tf.matMul(batch.partners, weights.crossFirst),
      tf.matMul(batch.student, weights.crossSecond),
    );
    const positive = relate(tf, anchors, tf.matMul(batch.teacher, weights.teacherSecond));
    const others = tf.matMul(batch.others, weights.teacherSecond); // [U, R]
    return {
      positive: positive.mul(cross).sum(1),
      negative: relationScores(anchors as Tensor2D, others as Tensor2D, cross, batch.negativeIndices),
    };
  };

  return {
    measurePartition: (weights, batch) =>
      tf.tidy(() => similarities(weights, batch).negative.div(temperature).exp().mean().dataSync()[0]),
    loss: (weights, batch, partition) => {
      const { positive, negative } = similarities(weights, batch);
      const logNoise = Math.log(negatives) + Math.log(partition);
      // h(u, v) = e^{⟨u,v⟩/τ} / (e^{⟨u,v⟩/τ} + n·Z), so log h = logsigmoid(⟨u,v⟩/τ − log n − log Z)
      const logit = (score: Tensor): Tensor => score.div(temperature).sub(logNoise);
      const pull = logSigmoid(tf, logit(positive)).mean();
      const push = logSigmoid(tf, logit(negative).neg()).sum(1).mean();
      return pull.add(push).neg() as Scalar;
    },
  };
}

/** normalise(ReLU(√D·(first − second))) for projected rows [P, R]; the normalisation cancels √D. */
function relate(tf: Tf, first: Tensor, second: Tensor): Tensor2D {
  return unitRows(tf, tf.relu(first.sub(second)) as Tensor2D);
}

function logSigmoid(tf: Tf, value: Tensor): Tensor {
  return tf.softplus(value.neg()).neg();
}
