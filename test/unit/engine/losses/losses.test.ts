// Each term of the objective, value and gradients, against PyTorch in float64 (test/bench/pytorch/reference_losses.py).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { createArcFaceLoss } from '../../../../src-main/engine/losses/arcface.ts';
import { createClassCosines } from '../../../../src-main/engine/losses/class-cosines.ts';
import { embeddingDistanceLoss } from '../../../../src-main/engine/losses/embedding-distance.ts';
import { createInstanceDistillation } from '../../../../src-main/engine/losses/instance-distillation.ts';
import {
  createRelationDistillation,
  type RelationBatch,
  type RelationWeights,
} from '../../../../src-main/engine/losses/relation-distillation.ts';
import { unitRows } from '../../../../src-main/engine/losses/unit-rows.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { assertClose, assertCloseTogether, flat } from '../../../support/close.ts';
import {
  bankRows,
  expectedGradient,
  type LossesFixture,
  readLossesFixture,
  TRAINED_NAMES,
  type TrainedName,
  trainedOf,
} from '../../../support/losses-fixture.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const fixture = readLossesFixture();
const { inputs, settings, intermediate } = fixture;
const labels = (): Tensor1D => tf.tensor1d(inputs.labels, 'int32');
const arcFace = createArcFaceLoss(runtime, settings);
const classCosines = createClassCosines(runtime);
const relationDistillation = createRelationDistillation(runtime, {
  temperature: settings.tau,
  negatives: inputs.negativeIndices[0].length,
});

function cosinesOf(embeddings: Tensor2D, classWeights: Tensor2D): Tensor2D {
  return classCosines(unitRows(tf, embeddings), classWeights);
}

/** Compares a term and its gradients in the inputs that it depends on with the fixture's. */
function assertTerm(
  term: keyof LossesFixture['outputs'],
  names: readonly TrainedName[],
  evaluate: (...trained: Tensor2D[]) => Scalar,
): void {
  tf.tidy(() => {
    const trained = trainedOf(tf, fixture).filter((_, at) => names.includes(TRAINED_NAMES[at]));
    const run = (...given: Tensor[]): Scalar => evaluate(...(given as Tensor2D[]));
    assertClose(run(...trained).dataSync(), [fixture.outputs[term].value], 2e-6, term);
    const gradients = tf.grads(run)(trained, tf.scalar(1));
    assert.deepEqual(Object.keys(fixture.outputs[term].gradients), names);
    names.forEach((name, at) => {
      const expected = expectedGradient(fixture, term, name);
      assert.ok(expected !== null);
      assertCloseTogether(gradients[at].dataSync(), expected, 1e-5, `${term}, gradient of ${name}`);
    });
  });
}

const EMBEDDINGS_AND_CLASSES = ['studentEmbeddings', 'studentClassWeights'] as const;
const ALL_BUT_CLASSES = TRAINED_NAMES.filter((name) => name !== 'studentClassWeights');

test('cosine logits are the fixture’s', () => {
  tf.tidy(() => {
    const [embeddings, classWeights] = trainedOf(tf, fixture);
    const cosines = cosinesOf(embeddings, classWeights).dataSync();
    assertClose(cosines, flat(intermediate.studentCosines), 1e-6);
  });
});

test('ArcFace: value and gradients, with a sample beyond π − m and one close to its class', () => {
  const targets = inputs.labels.map((label, sample) => intermediate.studentCosines[sample][label]);
  assert.ok(Math.min(...targets) < -Math.cos(settings.angularMargin), 'no sample tests the fallback');
  assertTerm('classification', EMBEDDINGS_AND_CLASSES, (embeddings, classWeights) =>
    arcFace(cosinesOf(embeddings, classWeights), labels()),
  );
});

for (const [term, nonTargetWeight] of [
  ['instanceTeacherWeight', 'teacher'],
  ['instanceWeightOne', 1],
] as const) {
  test(`IID with non-target weight ${nonTargetWeight}: value and gradients`, () => {
    assertTerm(term, EMBEDDINGS_AND_CLASSES, (embeddings, classWeights) => {
      const teacher = tf.tensor2d(bankRows(fixture, inputs.faceIndices));
      const teacherCosines = cosinesOf(teacher, tf.tensor2d(inputs.teacherClassWeights));
      const options = { scale: settings.scale, temperature: settings.temperature, nonTargetWeight };
      const loss = createInstanceDistillation(runtime, options);
      return loss(cosinesOf(embeddings, classWeights), teacherCosines, labels());
    });
  });
}

/** What the relation term takes for the samples that have a partner. */
function relationInputs(
  partners: readonly number[],
  trained: readonly Tensor2D[],
): { weights: RelationWeights; batch: RelationBatch } {
  const [embeddings, teacherFirst, teacherSecond, crossFirst, crossSecond] = trained;
  const kept = partners.map((_, sample) => sample).filter((sample) => partners[sample] >= 0);
  // Every negative's face once, as a batch source gives them.
  const faces = [...new Set(kept.flatMap((sample) => inputs.negativeIndices[sample]))];
  const positions = kept.map((sample) => inputs.negativeIndices[sample].map((face) => faces.indexOf(face)));
  return {
    weights: { teacherFirst, teacherSecond, crossFirst, crossSecond },
    batch: {
      partners: tf.tensor2d(
        bankRows(
          fixture,
          kept.map((sample) => partners[sample]),
        ),
      ),
      teacher: tf.tensor2d(
        bankRows(
          fixture,
          kept.map((sample) => inputs.faceIndices[sample]),
        ),
      ),
      student: tf.gather(unitRows(tf, embeddings), tf.tensor1d(kept, 'int32')),
      others: tf.tensor2d(bankRows(fixture, faces)),
      negativeIndices: tf.tensor2d(positions, undefined, 'int32'),
    },
  };
}

for (const [term, partners] of [
  ['relation', inputs.partnerIndices],
  ['relationWithLonelyFaces', fixture.lonelyPartnerIndices],
] as const) {
  test(`RID, ${term}: value and gradients`, () => {
    assertTerm(term, ALL_BUT_CLASSES, (...trained) => {
      const { weights, batch } = relationInputs(partners, trained);
      return relationDistillation.loss(weights, batch, settings.noise);
    });
  });
}

test('RID: the constant Z is the mean over the first batch’s negatives', () => {
  const partition = tf.tidy(() => {
    const trained = trainedOf(tf, fixture).filter((_, at) => TRAINED_NAMES[at] !== 'studentClassWeights');
    const { weights, batch } = relationInputs(inputs.partnerIndices, trained);
    return relationDistillation.measurePartition(weights, batch);
  });
  assertClose([partition], [intermediate.firstBatchNoise], 1e-5);
});

test('L_Emb: value and gradient', () => {
  assertTerm('embedding', ['studentEmbeddings'], (embeddings) =>
    embeddingDistanceLoss(unitRows(tf, embeddings), tf.tensor2d(bankRows(fixture, inputs.faceIndices))),
  );
});
