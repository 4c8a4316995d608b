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

function embed(network: FoldedNetwork, faces: Float32Array): Float32Array {
  const executor = createFoldedExecutor(runtime, network);
  const input = tf.tensor4d(faces, [FACES, network.resolutionPx, network.resolutionPx, 3]);
  const output = executor.embed(input);
  assert.deepEqual(output.shape, [FACES, network.headBias.length]);
  const values = output.dataSync<'float32'>();
  tf.dispose([input, output]);
  executor.dispose();
  return values;
}

function assertEqualsNaive(network: FoldedNetwork): void {
  const faces = randomFaces(network);
  const embeddings = embed(network, faces);
  const size = network.headBias.length;
  for (let face = 0; face < FACES; face++) {
    const pixels = faces.subarray((face * faces.length) / FACES, ((face + 1) * faces.length) / FACES);
    embedNaively(network, pixels).forEach((expected, at) => {
      const difference = Math.abs(embeddings[face * size + at] - expected);
      assert.ok(difference < 1e-5, `face ${face}, value ${at} is off by ${difference}`);
    });
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

test('slopes above 1 and below 0 are applied as they are', () => {
  const network = narrowNetwork({});
  network.stemSlopes.set([1.5, -0.5]);
  network.blocks[5].slopes.set([3, -2, 1.01]);
  assertEqualsNaive(network);
});

test('the executor leaves nothing behind', () => {
  const before = tf.memory().numTensors;
  const network = narrowNetwork({});
  embed(network, randomFaces(network));
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
