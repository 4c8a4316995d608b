import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Rng } from '../../../../src-main/common/rng.ts';
import { deferBiases } from '../../../../src-main/engine/models/defer-biases.ts';
import { createFoldedExecutor } from '../../../../src-main/engine/models/folded-executor.ts';
import type { FoldedNetwork } from '../../../../src-main/engine/models/folded-network.ts';
import { type NetworkSpec, planNetwork } from '../../../../src-main/engine/models/plan.ts';
import { randomFoldedNetwork } from '../../../../src-main/engine/models/random-folded-network.ts';
import { programOf, weightsOf } from '../../../../src-main/engine/models/student-program.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import {
  loadStudentModule,
  type StudentHandle,
  type StudentModule,
} from '../../../../src-main/engine/runtime/student-module.ts';
import { embedNaively } from './naive-folded.ts';

const runtime = loadRuntime();
const { tf } = runtime;
/** Compiled by set-up, and used wherever there is no GPU. */
const own = loadStudentModule() as StudentModule;
const FACES = 3;
/** Some tenths of a second of the narrow network below: a thread that is free meanwhile comes to its turn. */
const FACES_OF_A_WHILE = 4000;

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

function embed(network: FoldedNetwork, faces: Float32Array, students: StudentModule | null): Float32Array {
  const executor = createFoldedExecutor(runtime, network, students);
  try {
    return executor.embedNow(faces);
  } finally {
    executor.dispose();
  }
}

/** By our own module, and by TensorFlow, which runs where that cannot. */
function assertEqualsNaive(network: FoldedNetwork): void {
  const faces = randomFaces(network);
  const size = network.headBias.length;
  for (const students of [own, null]) {
    const embeddings = embed(network, faces, students);
    assert.equal(embeddings.length, FACES * size);
    for (let face = 0; face < FACES; face++) {
      const pixels = faces.subarray((face * faces.length) / FACES, ((face + 1) * faces.length) / FACES);
      embedNaively(network, pixels).forEach((expected, at) => {
        const difference = Math.abs(embeddings[face * size + at] - expected);
        assert.ok(
          difference < 1e-5,
          `${students === null ? 'TensorFlow' : 'own module'}: face ${face}, value ${at} is off by ${difference}`,
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

test('our own module gives a face the same numbers in whatever batch it comes', () => {
  const network = narrowNetwork({});
  const one = randomFaces(network);
  for (const copies of [1, 7, 50]) {
    const all = Float32Array.from({ length: one.length * copies }, (_, at) => one[at % one.length]);
    const alone = embed(network, one, own);
    const together = embed(network, all, own);
    for (let at = 0; at < together.length; at++) assert.equal(together[at], alone[at % alone.length]);
  }
});

test('while our own module embeds, the caller goes on; what is closed meanwhile still arrives', async () => {
  const network = narrowNetwork({ widthFactor: 1 / 4 });
  const faces = new Float32Array(FACES_OF_A_WHILE * 768).map((_, at) => Math.sin(at));
  const executor = createFoldedExecutor(runtime, network, own);
  const expected = executor.embedNow(faces);
  const arriving = [executor.embed(faces), executor.embed(faces.subarray(0, 768))];
  const first = await Promise.race([arriving[0], setImmediate('the caller')]);
  executor.dispose();
  const [all, one] = await Promise.all(arriving);
  assert.equal(first, 'the caller');
  assert.deepEqual(all, expected);
  assert.deepEqual(one, expected.slice(0, 24));
  assert.throws(() => executor.embedNow(faces), /this student is closed/);
});

test('our own module refuses what is no student, and what are no faces', () => {
  const program = Int32Array.of(16, 4, 8, 1, 4, 1, 0);
  const nonsense = Int32Array.of(16, 4, 8, 3, 4, 1, 0);
  const none = undefined as unknown as Float32Array;
  assert.throws(() => own.open(program, new Float32Array(100)), /not those of the student's program/);
  for (const wrong of [nonsense, new Int32Array()])
    assert.throws(() => own.open(wrong, new Float32Array(100)), /this program is not a student's/);
  assert.throws(() => own.open(program, none), /an Int32Array and a Float32Array/);
  assert.throws(() => own.embedNow({} as StudentHandle, new Float32Array(768)), /closed/);
  const network = narrowNetwork({});
  const student = own.open(programOf(network), weightsOf(network));
  const bytes = new Uint8Array(768) as unknown as Float32Array;
  for (const wrong of [none, bytes]) {
    assert.throws(() => own.embedNow(student, wrong), /pixels are a Float32Array/);
    assert.throws(() => own.embed(student, wrong), /pixels are a Float32Array/);
  }
  assert.throws(() => own.embedNow(student, new Float32Array(700)), /not faces of the student's input size/);
  own.close(student);
});

test('an embedding larger than any map', () => {
  assertEqualsNaive(narrowNetwork({ widthFactor: 1 / 64, embeddingSize: 5000 }));
});

test('a first convolution that strides is no student of ours', () => {
  const network = narrowNetwork({});
  const [first, ...others] = network.blocks;
  const strides = { ...network, blocks: [{ ...first, first: { ...first.first, stride: 2 } }, ...others] };
  assert.throws(() => programOf(strides), /only second convolutions stride/);
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
  for (const students of [own, null]) embed(network, randomFaces(network), students);
  assert.equal(tf.memory().numTensors, before);
});

test('faces of another size are refused', () => {
  for (const students of [own, null]) {
    const executor = createFoldedExecutor(runtime, narrowNetwork({}), students);
    assert.throws(
      () => executor.embedNow(new Float32Array(700)),
      /700 numbers are no faces of \[16, 16, 3\]/,
    );
    assert.equal(executor.embedNow(new Float32Array(0)).length, 0);
    executor.dispose();
  }
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
