import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { Rng } from '../../../../src-main/common/rng.ts';
import { Parameters, type PlainTensor, readValues } from '../../../../src-main/engine/models/parameters.ts';
import { valueAndGradients } from '../../../../src-main/engine/runtime/gradients.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import {
  initialHeads,
  Objective,
  type ObjectiveBatch,
  planHeads,
} from '../../../../src-main/engine/training/objective.ts';
import { presetSettings, type TrainingSettings } from '../../../../src-main/engine/training/settings.ts';
import { assertClose, assertCloseTogether } from '../../../support/close.ts';
import {
  bankRows,
  expectedGradient,
  readLossesFixture,
  TRAINED_NAMES,
  trainedOf,
} from '../../../support/losses-fixture.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const fixture = readLossesFixture();
const { inputs, settings: constants } = fixture;

/** Our names of the fixture's trained inputs, but for the student's embeddings. */
const HEAD_NAMES = [
  'classes',
  'relation.teacherFirst',
  'relation.teacherSecond',
  'relation.crossFirst',
  'relation.crossSecond',
];

function fixtureSettings(): TrainingSettings {
  const ours = presetSettings('ours');
  return {
    ...ours,
    network: { ...ours.network, embeddingSize: inputs.teacherBank[0].length },
    classification: {
      ...ours.classification,
      scale: constants.scale,
      angularMargin: constants.angularMargin,
    },
    instance: { ...ours.instance, temperature: constants.temperature, weight: constants.instanceWeight },
    relation: {
      ...ours.relation,
      temperature: constants.tau,
      weight: constants.relationWeight,
      negatives: inputs.negativeIndices[0].length,
      relationSize: inputs.teacherRelationFirst.length,
    },
    embedding: { isOn: true, weight: constants.embeddingWeight },
  };
}

/** Heads with the fixture's values, and the student's embeddings as a variable. */
function openHeads(context: TestContext, settings: TrainingSettings) {
  const [student, ...heads] = tf.tidy(() =>
    trainedOf(tf, fixture).map((tensor) => ({ shape: tensor.shape, values: tensor.dataSync<'float32'>() })),
  );
  const values = new Map<string, PlainTensor>(HEAD_NAMES.map((name, at) => [name, heads[at]]));
  const parameters = new Parameters(runtime, planHeads(settings, inputs.studentClassWeights.length), values);
  const studentPlan = { name: 'student', shape: student.shape, role: 'weight' } as const;
  const embeddings = new Parameters(runtime, [studentPlan], new Map([['student', student]]));
  const teacherClasses = tf.keep(tf.tensor2d(inputs.teacherClassWeights));
  context.after(() => {
    parameters.dispose();
    embeddings.dispose();
    teacherClasses.dispose();
  });
  return { parameters, student: embeddings.get('student'), teacherClasses };
}

/** The fixture's batch, every face of the bank standing in as a possible negative. */
function fixtureBatch(student: Tensor2D, partners: readonly number[]): ObjectiveBatch {
  const kept = partners.map((_, sample) => sample).filter((sample) => partners[sample] >= 0);
  return {
    student,
    teacher: tf.tensor2d(bankRows(fixture, inputs.faceIndices)),
    labels: tf.tensor1d(inputs.labels, 'int32'),
    relation: {
      rows: tf.tensor1d(kept, 'int32') as Tensor1D,
      partners: tf.tensor2d(
        bankRows(
          fixture,
          kept.map((sample) => partners[sample]),
        ),
      ),
      others: tf.tensor2d(inputs.teacherBank),
      negativeIndices: tf.tensor2d(
        kept.map((sample) => inputs.negativeIndices[sample]),
        undefined,
        'int32',
      ),
    },
  };
}

test('the weighted total, its terms and its gradients are PyTorch’s', (context) => {
  const settings = fixtureSettings();
  const { parameters, student, teacherClasses } = openHeads(context, settings);
  const objective = new Objective(runtime, settings, teacherClasses);
  objective.partition = constants.noise;
  const trained = new Map([
    [TRAINED_NAMES[0], student],
    ...HEAD_NAMES.map((name, at) => [TRAINED_NAMES[at + 1], parameters.get(name)] as const),
  ]);
  tf.tidy(() => {
    const batch = fixtureBatch(student as unknown as Tensor2D, inputs.partnerIndices);
    let terms: Record<string, number> = {};
    const objectiveOf = (): Scalar => {
      const result = objective.evaluate(batch, parameters);
      terms = Object.fromEntries([...result.terms].map(([name, term]) => [name, term.dataSync()[0]]));
      return result.total;
    };
    const { value, gradients } = valueAndGradients(tf, objectiveOf, trained);
    const expected = fixture.outputs;
    assertClose([value.dataSync()[0]], [expected.total.value], 2e-6, 'total');
    assertClose([terms.classification], [expected.classification.value], 2e-6, 'classification');
    assertClose([terms.instance], [expected.instanceTeacherWeight.value], 2e-6, 'instance');
    assertClose([terms.relation], [expected.relation.value], 2e-6, 'relation');
    assertClose([terms.embedding], [expected.embedding.value], 2e-6, 'embedding');
    for (const name of TRAINED_NAMES) {
      const gradient = expectedGradient(fixture, 'total', name) ?? [];
      assertCloseTogether(readValues(gradients.get(name) as Tensor), gradient, 1e-5, `gradient of ${name}`);
    }
  });
});

test('rows without a partner are left out of the relation term alone', (context) => {
  const settings = fixtureSettings();
  const { parameters, student, teacherClasses } = openHeads(context, settings);
  const objective = new Objective(runtime, settings, teacherClasses);
  objective.partition = constants.noise;
  tf.tidy(() => {
    const batch = fixtureBatch(student as unknown as Tensor2D, fixture.lonelyPartnerIndices);
    const { terms } = objective.evaluate(batch, parameters);
    const read = (name: 'relation' | 'classification'): number => Number(terms.get(name)?.dataSync()[0]);
    assertClose([read('relation')], [fixture.outputs.relationWithLonelyFaces.value], 2e-6);
    assertClose([read('classification')], [fixture.outputs.classification.value], 2e-6);
  });
});

test('Z is measured on the first batch and then kept', (context) => {
  const settings = fixtureSettings();
  const { parameters, student, teacherClasses } = openHeads(context, settings);
  const objective = new Objective(runtime, settings, teacherClasses);
  tf.tidy(() => {
    const batch = fixtureBatch(student as unknown as Tensor2D, inputs.partnerIndices);
    assert.equal(objective.partition, null);
    objective.evaluate({ ...batch, relation: null }, parameters);
    assert.equal(objective.partition, null, 'a batch without partners measures nothing');
    objective.evaluate(batch, parameters);
    assertClose([Number(objective.partition)], [fixture.intermediate.firstBatchNoise], 1e-5);
    const first = objective.partition;
    objective.evaluate(
      fixtureBatch(student as unknown as Tensor2D, fixture.lonelyPartnerIndices),
      parameters,
    );
    assert.equal(objective.partition, first);
  });
});

test('heads start at the teacher’s class means or random, and the two relation networks start equal', () => {
  const settings = fixtureSettings();
  const [classes, size] = [7, settings.network.embeddingSize];
  const means = Float32Array.from({ length: classes * size }, (_, at) => at);
  const heads = initialHeads(settings, classes, means, Rng.seeded(1));
  assert.deepEqual(heads.get('classes'), { shape: [classes, size], values: means });
  assert.notEqual(heads.get('classes')?.values, means, 'a copy, for C_t itself stays');
  assert.deepEqual(heads.get('relation.teacherFirst'), heads.get('relation.crossFirst'));
  assert.deepEqual(heads.get('relation.teacherSecond'), heads.get('relation.crossSecond'));
  assert.notDeepEqual(heads.get('relation.teacherFirst'), heads.get('relation.teacherSecond'));
  const random = { ...settings, classification: { ...settings.classification, headInit: 'random' } } as const;
  assert.notDeepEqual(initialHeads(random, classes, means, Rng.seeded(1)).get('classes')?.values, means);
  const planned = planHeads(settings, classes).map(({ name, shape }) => [name, shape]);
  assert.deepEqual(
    planned,
    [...heads].map(([name, { shape }]) => [name, shape]),
  );
  const withoutRelation = { ...settings, relation: { ...settings.relation, isOn: false } };
  assert.deepEqual([...initialHeads(withoutRelation, classes, means, Rng.seeded(1)).keys()], ['classes']);
});
