import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, type Matrix, rowOf } from '../../../src-main/common/matrix.ts';
import { Rng } from '../../../src-main/common/rng.ts';
import { createEmbedder, embedInBatches } from '../../../src-main/engine/embed.ts';
import { createBatchNorm } from '../../../src-main/engine/layers/batch-norm.ts';
import { IResNet } from '../../../src-main/engine/models/iresnet.ts';
import { Parameters, type PlainStatistics } from '../../../src-main/engine/models/parameters.ts';
import {
  type NetworkSpec,
  planNetwork,
  planNorms,
  planParameters,
} from '../../../src-main/engine/models/plan.ts';
import type { ModelCard, TrainedNetwork } from '../../../src-main/engine/models/student-file.ts';
import { loadRuntime } from '../../../src-main/engine/runtime/load.ts';

const runtime = loadRuntime();

/** A network as if trained: nothing is left at its initial value. */
function trainedNetwork(spec: NetworkSpec): TrainedNetwork {
  const rng = Rng.seeded(11);
  const plan = planNetwork(spec);
  const parameters = Parameters.draw(planParameters(plan), rng);
  for (const { values } of parameters.values()) {
    for (let at = 0; at < values.length; at++)
      values[at] = values[at] * rng.uniform(0.8, 1.2) + 0.05 * rng.normal();
  }
  const statistics = new Map<string, PlainStatistics>();
  for (const { name, channels } of planNorms(plan)) {
    const mean = Float32Array.from({ length: channels }, () => rng.normal());
    statistics.set(name, { mean, variance: mean.map(() => rng.uniform(0.5, 2)) });
  }
  const card: ModelCard = {
    name: 'test',
    role: 'student',
    spec,
    trainedOn: { root: '', fingerprint: '', images: 0, identities: 0 },
    teacherDigest: null,
    teacherName: null,
    epochs: 0,
    seed: 0,
    createdAt: '',
  };
  return { card, parameters, statistics };
}

/** The network as training sees it, with its running statistics. */
function embedUnfolded(network: IResNet, { card, statistics }: TrainedNetwork, pixels: Uint8Array): Matrix {
  const { tf } = runtime;
  const { resolutionPx, embeddingSize } = card.spec;
  const batchNorm = createBatchNorm(runtime);
  const embeddings = embedInBatches(
    pixels,
    { resolutionPx, embeddingSize, facesPerBatch: 2 },
    (scaled, count) =>
      tf.tidy(() => {
        const faces = tf.tensor4d(scaled, [count, resolutionPx, resolutionPx, 3]);
        const forward = network.forward(faces, (name, input, scale, offset) => {
          const { mean, variance } = statistics.get(name) as PlainStatistics;
          return batchNorm.infer(input, scale, offset, {
            mean: tf.tensor1d(mean),
            variance: tf.tensor1d(variance),
          });
        });
        return forward.dataSync<'float32'>();
      }),
  );
  batchNorm.dispose();
  return embeddings;
}

for (const { resolutionPx, studentInput } of [
  { resolutionPx: 16, studentInput: 'native' },
  { resolutionPx: 32, studentInput: 'native' },
  { resolutionPx: 16, studentInput: '112' },
] as const) {
  test(`folding keeps the embeddings at ${resolutionPx} px, ${studentInput}`, async () => {
    const spec = { depth: 18, resolutionPx, studentInput, widthFactor: 0.125, embeddingSize: 64 } as const;
    const trained = trainedNetwork(spec);
    const rng = Rng.seeded(12);
    const faces = 5;
    const pixels = Uint8Array.from({ length: faces * 3 * resolutionPx ** 2 }, () => rng.int(256));
    const tensorsBefore = runtime.tf.memory().numTensors;

    const parameters = new Parameters(runtime, planParameters(planNetwork(spec)), trained.parameters);
    const network = new IResNet(runtime, planNetwork(spec), parameters);
    const folded = createEmbedder(runtime, trained);
    const expected = embedUnfolded(network, trained, pixels);
    const actual = folded.embedNow(pixels);
    assert.deepEqual(await folded.embed(pixels), actual);
    assert.equal(folded.embeddingSize, 64);
    for (let face = 0; face < faces; face++) {
      const similarity = dot(rowOf(expected, face), rowOf(actual, face));
      assert.ok(similarity > 1 - 1e-6, `face ${face}: ${similarity}`);
      assert.ok(dot(rowOf(expected, face), rowOf(actual, (face + 1) % faces)) < 0.999);
    }

    folded.dispose();
    network.dispose();
    parameters.dispose();
    assert.equal(runtime.tf.memory().numTensors, tensorsBefore);
  });
}
