import assert from 'node:assert/strict';
import { before, type TestContext, test } from 'node:test';
import type { Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import {
  BatchSource,
  type TrainingData,
  teacherClassWeights,
} from '../../../../src-main/engine/training/batches.ts';
import { TrainingState } from '../../../../src-main/engine/training/state.ts';
import { readStep, TrainingStep } from '../../../../src-main/engine/training/step.ts';
import { assertClose } from '../../../support/close.ts';
import { tinyData, tinySettings } from '../../../support/tiny-training.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const settings = tinySettings();
let data: TrainingData;

before(async () => {
  data = await tinyData(runtime);
});

interface Opened {
  readonly state: TrainingState;
  readonly step: TrainingStep;
  readonly batches: BatchSource;
  dispose(): void;
}

function open(): Opened {
  const state = TrainingState.initialise(runtime, settings, data.classes, teacherClassWeights(data));
  const bank = tf.keep(tf.tensor2d(data.views[0].embeddings, [data.labels.length, data.embeddingSize]));
  const step = new TrainingStep(runtime, settings, state, bank);
  const batches = new BatchSource(data, { batchSize: 8, flip: true, seed: 1 });
  const dispose = (): void => {
    step.dispose();
    bank.dispose();
    state.dispose();
  };
  return { state, step, batches, dispose };
}

function openFor(context: TestContext): Opened {
  const opened = open();
  context.after(opened.dispose);
  return opened;
}

test('steps keep the number of tensors, and everything is free afterwards', () => {
  const tensorsBefore = tf.memory().numTensors;
  const { step, batches, dispose } = open();
  const counts: number[] = [];
  for (let at = 0; at < 4; at++) {
    readStep(step.run(batches.at(0, at), 0.01));
    counts.push(tf.memory().numTensors);
  }
  assert.equal(new Set(counts).size, 1, `${counts}`);
  dispose();
  assert.equal(tf.memory().numTensors, tensorsBefore);
});

test('the running statistics take a tenth of the batch’s', (context) => {
  const { state, step, batches } = openFor(context);
  const batch = batches.at(0, 0);
  const stem = state.network.parameters.get('stem.weights');
  const { mean, variance } = tf.tidy(() => {
    const pixels = tf.tensor4d(batch.pixels, [8, 16, 16, 3]);
    const moments = tf.moments(tf.conv2d(pixels, stem as unknown as Tensor4D, 1, 'same'), [0, 1, 2]);
    return { mean: [...moments.mean.dataSync()], variance: [...moments.variance.dataSync()] };
  });
  readStep(step.run(batch, 0.01));
  const running = state.statistics.toPlain().get('stem.norm');
  const samples = 8 * 16 * 16;
  assertClose(
    running?.mean ?? [],
    mean.map((value) => 0.1 * value),
    1e-5,
  );
  assertClose(
    running?.variance ?? [],
    variance.map((value) => 0.9 + (0.1 * value * samples) / (samples - 1)),
    1e-5,
  );
});

test('a step of learning rate 0 measures, but moves no parameter', (context) => {
  const { state, step, batches } = openFor(context);
  const parameters = state.network.parameters.toPlain();
  const heads = state.heads.toPlain();
  const { total, gradientNorm, terms } = readStep(step.run(batches.at(0, 0), 0));
  assert.deepEqual(state.network.parameters.toPlain(), parameters);
  assert.deepEqual(state.heads.toPlain(), heads);
  assert.ok(gradientNorm > 0);
  const { classification = 0, instance = 0, relation = 0, embedding = 0 } = terms;
  // α = 1, β = 2, δ = 20
  assertClose([total], [classification + instance + 2 * relation + 20 * embedding], 1e-5);
});

test('the first step of every parameter is its clipped gradient and its decay', (context) => {
  const { state, step, batches } = openFor(context);
  const initial = new Map([...state.network.parameters.toPlain(), ...state.heads.toPlain()]);
  const { gradientNorm } = readStep(step.run(batches.at(0, 0), 0.01));
  const tensors = state.toTensors();
  let squares = 0;
  for (const { name, role } of [...state.network.parameters.plans, ...state.heads.plans]) {
    const velocity = tensors.get(`velocity:${name}`)?.values ?? new Float32Array(0);
    const start = initial.get(name)?.values ?? new Float32Array(0);
    const expected = start.map((value, at) => value - 0.01 * velocity[at]);
    assertClose(tensors.get(name)?.values ?? [], expected, 1e-6, name);
    const decay = role === 'weight' ? settings.schedule.weightDecay : 0;
    for (const [at, value] of velocity.entries()) squares += (value - decay * start[at]) ** 2;
  }
  const largest = Number(settings.schedule.largestGradientNorm);
  assert.ok(gradientNorm > largest, `clipping is not at work: ${gradientNorm}`);
  assertClose([Math.sqrt(squares)], [largest], 1e-3);
});

test('a restored state is the saved one', (context) => {
  const { state, step, batches } = openFor(context);
  readStep(step.run(batches.at(0, 0), 0.01));
  const saved = state.toTensors();
  const restored = TrainingState.restore(runtime, settings, data.classes, saved);
  context.after(() => restored.dispose());
  assert.deepEqual(restored.toTensors(), saved);
  assert.throws(() => TrainingState.restore(runtime, settings, data.classes + 1, saved), /classes has shape/);
});
