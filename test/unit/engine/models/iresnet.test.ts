import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Scalar, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { Rng } from '../../../../src-main/common/rng.ts';
import { scalePixels } from '../../../../src-main/engine/embed.ts';
import { type BatchStatistics, createBatchNorm } from '../../../../src-main/engine/layers/batch-norm.ts';
import { IResNet, type Normalise } from '../../../../src-main/engine/models/iresnet.ts';
import { ParameterGroup } from '../../../../src-main/engine/models/parameter-group.ts';
import { Parameters, RunningStatistics, readValues } from '../../../../src-main/engine/models/parameters.ts';
import {
  type NetworkSpec,
  planNetwork,
  planNorms,
  planParameters,
} from '../../../../src-main/engine/models/plan.ts';
import { valueAndGradients } from '../../../../src-main/engine/runtime/gradients.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { Sgd } from '../../../../src-main/engine/training/sgd.ts';
import { assertClose, assertCloseTogether } from '../../../support/close.ts';
import { readNetworkFixture } from '../../../support/network-fixture.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const fixture = readNetworkFixture();
const plan = planNetwork(fixture.spec);

function openFixture(context: TestContext): IResNet {
  const parameters = new Parameters(runtime, planParameters(plan), fixture.parameters);
  const network = new IResNet(runtime, plan, parameters);
  context.after(() => {
    network.dispose();
    parameters.dispose();
  });
  return network;
}

/** The fixture's network trains the last norm's scale, ours has it at 1. */
function withEmbeddingScale(normalise: Normalise): Normalise {
  return (name, input, scale, offset) => {
    if (name !== 'embedding') return normalise(name, input, scale, offset);
    return normalise(name, input, tf.tensor1d(fixture.embeddingScale), offset);
  };
}

test('training mode gives PyTorch’s embeddings, gradients and running statistics', (context) => {
  const network = openFixture(context);
  const batchNorm = createBatchNorm(runtime);
  context.after(() => batchNorm.dispose());
  const observed = new Map<string, BatchStatistics>();
  const normalise = withEmbeddingScale((name, input, scale, offset) =>
    batchNorm.train(input, scale, offset, (statistics) => observed.set(name, statistics)),
  );
  const names = [...fixture.gradients.keys()];
  const { embeddings, gradients } = tf.tidy(() => {
    const pixels = tf.tensor4d(scalePixels(fixture.pixels), [fixture.faces, 16, 16, 3]);
    const upstream = tf.tensor2d(fixture.upstream, [fixture.faces, fixture.spec.embeddingSize]);
    let output = new Float32Array(0);
    const parameters = new Map(names.map((name) => [name, network.parameters.get(name)]));
    const objective = (): Scalar => {
      const embedding = network.forward(pixels, normalise);
      output = Float32Array.from(embedding.dataSync());
      return embedding.mul(upstream).sum();
    };
    const { gradients } = valueAndGradients(tf, objective, parameters);
    const values = names.map((name) => readValues(gradients.get(name) as Tensor));
    return { embeddings: output, gradients: values };
  });
  assertClose(embeddings, fixture.trainingEmbeddings, 2e-4, 'embeddings');
  names.forEach((name, at) => {
    assertCloseTogether(gradients[at], fixture.gradients.get(name) ?? [], 2e-4, `gradient of ${name}`);
  });

  const running = new RunningStatistics(tf, planNorms(plan), fixture.statistics);
  running.update(observed, fixture.runningMomentum);
  const after = running.toPlain();
  running.dispose();
  for (const [name, expected] of fixture.runningAfter) {
    const [norm, kind] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
    const statistics = after.get(norm);
    assertClose((kind === 'mean' ? statistics?.mean : statistics?.variance) ?? [], expected, 1e-5, name);
  }
});

test('inference gives PyTorch’s embeddings with the running statistics', (context) => {
  const network = openFixture(context);
  const batchNorm = createBatchNorm(runtime);
  context.after(() => batchNorm.dispose());
  const embeddings = tf.tidy(() => {
    const pixels = tf.tensor4d(scalePixels(fixture.pixels), [fixture.faces, 16, 16, 3]);
    const normalise = withEmbeddingScale((name, input, scale, offset) => {
      const statistics = fixture.statistics.get(name);
      assert.ok(statistics !== undefined);
      const { mean, variance } = statistics;
      return batchNorm.infer(input, scale, offset, {
        mean: tf.tensor1d(mean),
        variance: tf.tensor1d(variance),
      });
    });
    return network.forward(pixels, normalise).dataSync<'float32'>();
  });
  assertClose(embeddings, fixture.inferenceEmbeddings, 2e-4);
});

for (const [resolutionPx, studentInput] of [
  [16, 'native'],
  [24, 'native'],
  [32, 'native'],
  [16, '112'],
] as const) {
  test(`two steps change every parameter at ${resolutionPx} px, input ${studentInput}, and leak nothing`, () => {
    const spec: NetworkSpec = {
      depth: 18,
      resolutionPx,
      studentInput,
      widthFactor: 1 / 32,
      embeddingSize: 8,
    };
    const before = tf.memory().numTensors;
    const tiny = planNetwork(spec);
    const plans = planParameters(tiny);
    const initial = Parameters.draw(plans, Rng.seeded(1));
    const parameters = new Parameters(runtime, plans, initial);
    const network = new IResNet(runtime, tiny, parameters);
    const batchNorm = createBatchNorm(runtime);
    const normalise: Normalise = (_, input: Tensor4D, scale: Tensor1D, offset: Tensor1D) =>
      batchNorm.train(input, scale, offset, ({ mean, variance }) => tf.dispose([mean, variance]));
    const slots = parameters.groups.map((values) => {
      return { values, velocities: new ParameterGroup(runtime, values.plans, null) };
    });
    const sgd = new Sgd(runtime, slots);
    const standing: number[] = [];
    for (let step = 0; step < 2; step++) {
      tf.tidy(() => {
        const pixels = tf.randomUniform(
          [4, resolutionPx, resolutionPx, 3],
          -1,
          1,
          'float32',
          step,
        ) as Tensor4D;
        const { gradients } = valueAndGradients(
          tf,
          () => network.forward(pixels, normalise).square().square().mean(),
          new Map(plans.map(({ name }) => [name, parameters.get(name)])),
        );
        sgd.apply(gradients, { learningRate: 1, momentum: 0.9, weightDecay: 0, largestGradientNorm: null });
      });
      standing.push(tf.memory().numTensors);
    }
    assert.equal(standing[1], standing[0]);
    for (const [name, { values }] of parameters.toPlain()) {
      assert.notDeepEqual(values, initial.get(name)?.values, name);
      assert.ok(values.every(Number.isFinite), name);
    }
    batchNorm.dispose();
    network.dispose();
    parameters.dispose();
    for (const { velocities } of slots) velocities.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}
