// The student's objective: L = L_Cls + α·L_IID + β·L_RID + δ·L_Emb, each term behind its switch (AIRD, eq. 7).

import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { assert } from '../../common/assert.ts';
import { ensure } from '../../common/errors.ts';
import type { Rng } from '../../common/rng.ts';
import { createArcFaceLoss } from '../losses/arcface.ts';
import { createClassCosines } from '../losses/class-cosines.ts';
import { embeddingDistanceLoss } from '../losses/embedding-distance.ts';
import { createInstanceDistillation } from '../losses/instance-distillation.ts';
import {
  createRelationDistillation,
  initialRelationWeights,
  type RelationBatch,
} from '../losses/relation-distillation.ts';
import { unitRows } from '../losses/unit-rows.ts';
import { initialValues, type Parameters, type PlainTensor } from '../models/parameters.ts';
import type { ParameterPlan } from '../models/plan.ts';
import type { Runtime } from '../runtime/load.ts';
import { needsTeacher, type TrainingSettings } from './settings.ts';

export const TERM_NAMES = ['classification', 'instance', 'relation', 'embedding'] as const;
export type TermName = (typeof TERM_NAMES)[number];

/** Tensors of one batch; `relation` is null where the term is off or no face has a partner. */
export interface ObjectiveBatch {
  /** Student embeddings [B, D], any length. */
  readonly student: Tensor2D;
  /** Unit teacher embeddings [B, D]; null without a teacher. */
  readonly teacher: Tensor2D | null;
  readonly labels: Tensor1D;
  readonly relation: (Omit<RelationBatch, 'student' | 'teacher'> & { readonly rows: Tensor1D }) | null;
}

export interface ObjectiveValue {
  readonly total: Scalar;
  /** Unweighted value of each term that is on. */
  readonly terms: ReadonlyMap<TermName, Scalar>;
}

/** Parameters that are trained along with the student: its class weights and, with L_RID, the relation networks. */
export function planHeads(settings: TrainingSettings, classes: number): ParameterPlan[] {
  const { embeddingSize } = settings.network;
  const plans: ParameterPlan[] = [{ name: 'classes', shape: [classes, embeddingSize], role: 'weight' }];
  if (settings.relation.isOn) {
    const shape = [embeddingSize, settings.relation.relationSize];
    for (const name of ['teacherFirst', 'teacherSecond', 'crossFirst', 'crossSecond']) {
      plans.push({ name: `relation.${name}`, shape, role: 'weight' });
    }
  }
  return plans;
}

/** Class weights from the teacher's class means [K, D] or random; relation networks as the loss wants them. */
export function initialHeads(
  settings: TrainingSettings,
  classes: number,
  teacherClasses: Float32Array | null,
  rng: Rng,
): Map<string, PlainTensor> {
  const [classPlan] = planHeads(settings, classes);
  const classValues =
    settings.classification.headInit === 'teacher' && teacherClasses !== null
      ? { shape: classPlan.shape, values: teacherClasses.slice() }
      : initialValues(classPlan, rng);
  const relation = settings.relation.isOn
    ? initialRelationWeights(settings.network.embeddingSize, settings.relation.relationSize, rng)
    : [];
  return new Map<string, PlainTensor>([['classes', classValues], ...relation]);
}

export class Objective {
  readonly #runtime: Runtime;
  readonly #settings: TrainingSettings;
  readonly #arcFace;
  readonly #instance;
  readonly #classCosines;
  readonly #relation;
  readonly #teacherClasses: Tensor2D | null;
  /** Z of L_RID: measured on the first batch, then constant. */
  partition: number | null = null;

  /** `teacherClasses` is C_t [K, D], unit rows, kept for as long as the objective lives; null leaves L_Cls alone. */
  constructor(runtime: Runtime, settings: TrainingSettings, teacherClasses: Tensor2D | null) {
    assert(teacherClasses !== null || !needsTeacher(settings), 'these settings need a teacher');
    this.#runtime = runtime;
    this.#settings = settings;
    this.#arcFace = createArcFaceLoss(runtime, settings.classification);
    this.#instance = createInstanceDistillation(runtime, {
      ...settings.instance,
      scale: settings.classification.scale,
    });
    this.#classCosines = createClassCosines(runtime);
    this.#relation = createRelationDistillation(runtime, settings.relation);
    this.#teacherClasses = teacherClasses;
  }

  /** Differentiable in the student's embeddings and the heads. */
  evaluate(batch: ObjectiveBatch, heads: Parameters): ObjectiveValue {
    const { tf } = this.#runtime;
    const { classification, instance, relation, embedding } = this.#settings;
    const student = unitRows(tf, batch.student);
    const terms = new Map<TermName, Scalar>();
    if (classification.isOn || instance.isOn) {
      const cosines = this.#classCosines(student, heads.get('classes') as Tensor2D); // [B, K]
      if (classification.isOn) terms.set('classification', this.#arcFace(cosines, batch.labels));
      if (instance.isOn) {
        const [teacher, classes] = [batch.teacher as Tensor2D, this.#teacherClasses as Tensor2D];
        const teacherCosines = tf.matMul(teacher, classes, false, true) as Tensor2D; // [B, K]
        terms.set('instance', this.#instance(cosines, teacherCosines, batch.labels));
      }
    }
    if (relation.isOn && batch.relation !== null)
      terms.set('relation', this.#relationTerm(student, batch, heads));
    if (embedding.isOn) terms.set('embedding', embeddingDistanceLoss(student, batch.teacher as Tensor2D));
    const weights = {
      classification: 1,
      instance: instance.weight,
      relation: relation.weight,
      embedding: embedding.weight,
    };
    const weighted = [...terms].map(([name, value]) => value.mul(weights[name]));
    ensure(
      weighted.length > 0,
      'bad-dataset',
      'relation distillation is the only loss term, and no face of a batch has another one of its identity',
    );
    return { total: tf.addN(weighted) as Scalar, terms };
  }

  #relationTerm(student: Tensor2D, batch: ObjectiveBatch, heads: Parameters): Scalar {
    const { tf } = this.#runtime;
    assert(batch.relation !== null, 'relation term without relations');
    const { rows, partners, others, negativeIndices } = batch.relation;
    const weights = {
      teacherFirst: heads.get('relation.teacherFirst') as Tensor2D,
      teacherSecond: heads.get('relation.teacherSecond') as Tensor2D,
      crossFirst: heads.get('relation.crossFirst') as Tensor2D,
      crossSecond: heads.get('relation.crossSecond') as Tensor2D,
    };
    const relationBatch = {
      partners,
      others,
      negativeIndices,
      teacher: tf.gather(batch.teacher as Tensor2D, rows),
      student: tf.gather(student, rows),
    };
    this.partition ??= this.#relation.measurePartition(weights, relationBatch);
    return this.#relation.loss(weights, relationBatch, this.partition);
  }
}
