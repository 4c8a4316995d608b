import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { deferBiases } from '../../../../src-main/engine/models/defer-biases.ts';
import { createFoldedExecutor } from '../../../../src-main/engine/models/folded-executor.ts';
import type { FoldedNetwork } from '../../../../src-main/engine/models/folded-network.ts';
import { type NetworkSpec, planNetwork } from '../../../../src-main/engine/models/plan.ts';
import { randomFoldedNetwork } from '../../../../src-main/engine/models/random-folded-network.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { embedNaively } from './naive-folded.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const FACES = 3;

function narrowNetwork(overrides: Partial<NetworkSpec>): FoldedNetwork {
  const spec: NetworkSpec = {
    depth: 18,
    resolutionPx: 16,
    studentInput: 'native',
    widthFactor: 1 / 16,
    embeddingSize: 24,
    ...overrides,
  };
  return randomFoldedNetwork(planNetwork(spec), Rng.seeded(spec.resolutionPx));
}

function randomFaces(network: FoldedNetwork): Float32Array {
  const rng = Rng.seeded(7);
  const values = FACES * 3 * network.resolutionPx ** 2;
  return Float32Array.from({ length: values }, () => rng.uniform(-1, 1));
}

function embed(network: FoldedNetwork, faces: Float32Array, usesOwnKernel: boolean): Float32Array {
  const executor = createFoldedExecutor(runtime, network, usesOwnKernel);
  const count = faces.length / (3 * network.resolutionPx ** 2);
  const input = tf.tensor4d(faces, [count, network.resolutionPx, network.resolutionPx, 3]);
  const output = executor.embed(input);
  assert.deepEqual(output.shape, [count, network.headBias.length]);
  const values = output.dataSync<'float32'>();
  tf.dispose([input, output]);
  executor.dispose();
  return values;
}

/** By our own kernel, and by TensorFlow, which runs where that cannot. */
function assertEqualsNaive(network: FoldedNetwork): void {
  const faces = randomFaces(network);
  const size = network.headBias.length;
  for (const usesOwnKernel of [true, false]) {
    const embeddings = embed(network, faces, usesOwnKernel);
    for (let face = 0; face < FACES; face++) {
      const pixels = faces.subarray((face * faces.length) / FACES, ((face + 1) * faces.length) / FACES);
      embedNaively(network, pixels).forEach((expected, at) => {
        const difference = Math.abs(embeddings[face * size + at] - expected);
        assert.ok(
          difference < 1e-5,
          `own kernel ${usesOwnKernel}: face ${face}, value ${at} is off by ${difference}`,
        );
      });
    }
  }
}

// Last maps: 2×2, 3×3 (from odd 5×5), 2×2, 4×4.
for (const resolutionPx of [16, 20, 32, 64]) {
  test(`the executor equals plain loops at ${resolutionPx} px`, () => {
    assertEqualsNaive(narrowNetwork({ resolutionPx }));
  });
}

test('the executor equals plain loops for the deeper network', () => {
  assertEqualsNaive(narrowNetwork({ depth: 50, widthFactor: 1 / 32 }));
});

test('the executor equals plain loops on maps that never become small', () => {
  assertEqualsNaive(narrowNetwork({ resolutionPx: 112, widthFactor: 1 / 32 }));
});

test('the executor equals plain loops at a width that fills whole panels of weights', () => {
  assertEqualsNaive(narrowNetwork({ widthFactor: 1 / 2 }));
});

test('our own kernel gives a face the same numbers in whatever batch it comes', () => {
  const network = narrowNetwork({});
  const one = randomFaces(network);
  for (const copies of [1, 7, 50]) {
    const all = Float32Array.from({ length: one.length * copies }, (_, at) => one[at % one.length]);
    const alone = embed(network, one, true);
    const together = embed(network, all, true);
    for (let at = 0; at < together.length; at++) assert.equal(together[at], alone[at % alone.length]);
  }
});

test('our own kernel refuses weights that are not those of its program', () => {
  const { ops } = runtime;
  const program = tf.tensor1d([16, 4, 8, 1, 4, 1, 0], 'int32');
  const nonsense = tf.tensor1d([16, 4, 8, 3, 4, 1, 0], 'int32');
  const weights = tf.zeros([100]);
  assert.throws(
    () => ops.run('GlimpsePackStudent', [], [program, weights]),
    /not those of the student's program/,
  );
  assert.throws(() => ops.run('GlimpsePackStudent', [], [nonsense, weights]), /not a student's/);
  assert.throws(() => ops.run('GlimpseEmbedFaces', [], [program, weights, weights]), /its packed weights/);
  tf.dispose([program, nonsense, weights]);
});

test('slopes above 1 and below 0 are applied as they are', () => {
  const network = narrowNetwork({});
  network.stemSlopes.set([1.5, -0.5]);
  network.blocks[5].slopes.set([3, -2, 1.01]);
  assertEqualsNaive(network);
});

test('the executor leaves nothing behind', () => {
  const before = tf.memory().numTensors;
  const network = narrowNetwork({});
  for (const usesOwnKernel of [true, false]) embed(network, randomFaces(network), usesOwnKernel);
  assert.equal(tf.memory().numTensors, before);
});

test('faces of another size are refused with both shapes', () => {
  const executor = createFoldedExecutor(runtime, narrowNetwork({}));
  const faces = tf.tensor4d(new Float32Array(32 * 32 * 3), [1, 32, 32, 3]);
  assert.throws(() => executor.embed(faces), /\[32, 32, 3\], expected \[16, 16, 3\]/);
  executor.dispose();
  faces.dispose();
});

test('deferring biases leaves none at the end of a block and changes no embedding', () => {
  const network = narrowNetwork({});
  const deferred = deferBiases(network);
  for (const { second, projection } of deferred.blocks) {
    assert.ok(second.bias.every((value) => value === 0));
    assert.ok(projection === null || projection.bias.every((value) => value === 0));
  }
  const pixels = randomFaces(network).subarray(0, 768);
  const expected = embedNaively(network, pixels);
  embedNaively(deferred, pixels).forEach((value, at) => {
    assert.ok(Math.abs(value - expected[at]) < 1e-5);
  });
});
