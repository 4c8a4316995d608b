import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { Rng } from '../../../../src-main/common/rng.ts';
import { type BatchStatistics, createBatchNorm } from '../../../../src-main/engine/layers/batch-norm.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { assertClose } from '../../../support/close.ts';
import { readFixture } from '../../../support/fixtures.ts';

interface LayersFixture {
  readonly shape: [number, number, number, number];
  readonly input: number[];
  readonly upstream: number[];
  readonly batchNorm: Record<
    | 'gamma'
    | 'beta'
    | 'batchMean'
    | 'batchVarianceUnbiased'
    | 'trainingOutput'
    | 'inputGradient'
    | 'gammaGradient'
    | 'betaGradient'
    | 'runningMeanBefore'
    | 'runningVarianceBefore'
    | 'inferenceOutput',
    number[]
  >;
}

const runtime = loadRuntime();
const { tf } = runtime;
const batchNorm = createBatchNorm(runtime);
after(() => batchNorm.dispose());

interface Trained {
  readonly output: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly gradients: Float32Array[];
}

/** Output, observed statistics and the gradients in input, scale and offset under `upstream`. */
function train(
  shape: [number, number, number, number],
  input: ArrayLike<number>,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
  upstream: ArrayLike<number>,
): Trained {
  const observed: BatchStatistics[] = [];
  const results = tf.tidy(() => {
    const x = tf.tensor4d(Float32Array.from(input), shape);
    const parameters = [scale, offset].map((values) => tf.tensor1d(Float32Array.from(values)));
    const run = (...given: Tensor[]): Tensor4D =>
      batchNorm.train(given[0] as Tensor4D, given[1] as Tensor1D, given[2] as Tensor1D, (statistics) =>
        observed.push(statistics),
      );
    const output = run(x, ...parameters).dataSync<'float32'>();
    const dy = tf.tensor4d(Float32Array.from(upstream), shape);
    const gradients = tf
      .grads(run)([x, ...parameters], dy)
      .map((gradient) => gradient.dataSync<'float32'>());
    return { output, gradients };
  });
  const [mean, variance] = [
    observed[0].mean.dataSync<'float32'>(),
    observed[0].variance.dataSync<'float32'>(),
  ];
  for (const statistics of observed) tf.dispose([statistics.mean, statistics.variance]);
  return { ...results, mean, variance };
}

test('training mode gives PyTorch’s output, statistics and gradients', () => {
  const { shape, input, upstream, batchNorm: expected } = readFixture<LayersFixture>('layers.json');
  const trained = train(shape, input, expected.gamma, expected.beta, upstream);
  assertClose(trained.output, expected.trainingOutput, 1e-5, 'output');
  assertClose(trained.mean, expected.batchMean, 1e-6, 'mean');
  assertClose(trained.variance, expected.batchVarianceUnbiased, 1e-5, 'unbiased variance');
  assertClose(trained.gradients[0], expected.inputGradient, 1e-5, 'input gradient');
  assertClose(trained.gradients[1], expected.gammaGradient, 1e-5, 'scale gradient');
  assertClose(trained.gradients[2], expected.betaGradient, 1e-5, 'offset gradient');
});

test('inference mode gives PyTorch’s output with the given statistics', () => {
  const { shape, input, batchNorm: expected } = readFixture<LayersFixture>('layers.json');
  const output = tf.tidy(() => {
    const statistics = {
      mean: tf.tensor1d(expected.runningMeanBefore),
      variance: tf.tensor1d(expected.runningVarianceBefore),
    };
    const x = tf.tensor4d(input, shape);
    return batchNorm
      .infer(x, tf.tensor1d(expected.gamma), tf.tensor1d(expected.beta), statistics)
      .dataSync<'float32'>();
  });
  assertClose(output, expected.inferenceOutput, 1e-5, 'output');
});

/** The textbook form (Ioffe & Szegedy 2015), channel by channel in float64. */
function naiveBatchNorm(
  channels: number,
  input: Float32Array,
  scale: Float32Array,
  offset: Float32Array,
  upstream: Float32Array,
): { output: number[]; mean: number[]; variance: number[]; gradients: number[][] } {
  const count = input.length / channels;
  const output = new Array<number>(input.length);
  const inputGradient = new Array<number>(input.length);
  const [mean, variance, scaleGradient, offsetGradient]: number[][] = [[], [], [], []];
  for (let channel = 0; channel < channels; channel++) {
    const at = Array.from({ length: count }, (_, sample) => sample * channels + channel);
    const sumOf = (value: (index: number) => number): number =>
      at.reduce((sum, index) => sum + value(index), 0);
    const mu = sumOf((index) => input[index]) / count;
    const squares = sumOf((index) => (input[index] - mu) ** 2);
    const deviation = Math.sqrt(squares / count + 1e-5);
    const normed = (index: number): number => (input[index] - mu) / deviation;
    const sumUpstream = sumOf((index) => upstream[index]);
    const sumProduct = sumOf((index) => upstream[index] * normed(index));
    for (const index of at) {
      output[index] = scale[channel] * normed(index) + offset[channel];
      const centred = upstream[index] - sumUpstream / count - (normed(index) * sumProduct) / count;
      inputGradient[index] = (scale[channel] * centred) / deviation;
    }
    mean.push(mu);
    variance.push(squares / (count - 1));
    scaleGradient.push(sumProduct);
    offsetGradient.push(sumUpstream);
  }
  return { output, mean, variance, gradients: [inputGradient, scaleGradient, offsetGradient] };
}

for (const shape of [
  [5, 2, 2, 7],
  [9, 1, 1, 3], // the embedding's own norm
] as [number, number, number, number][]) {
  test(`training mode equals the textbook on ${shape.join('×')}`, () => {
    const rng = Rng.seeded(1, ...shape);
    const size = shape.reduce((product, extent) => product * extent);
    const draw = (length: number, middle: number): Float32Array =>
      Float32Array.from({ length }, () => middle + rng.normal());
    const [input, upstream] = [draw(size, 3), draw(size, 0)];
    const [scale, offset] = [draw(shape[3], 1), draw(shape[3], 0)];
    const expected = naiveBatchNorm(shape[3], input, scale, offset, upstream);
    const trained = train(shape, input, scale, offset, upstream);
    assertClose(trained.output, expected.output, 2e-5, 'output');
    assertClose(trained.mean, expected.mean, 1e-5, 'mean');
    assertClose(trained.variance, expected.variance, 1e-5, 'variance');
    expected.gradients.forEach((gradient, which) => {
      assertClose(trained.gradients[which], gradient, 2e-5, `gradient ${which}`);
    });
  });
}

test('nothing is left behind but the two observed statistics', () => {
  const before = tf.memory().numTensors;
  const observed: BatchStatistics[] = [];
  const own = createBatchNorm(runtime);
  tf.tidy(() => {
    const x = tf.ones([2, 2, 2, 3]) as Tensor4D;
    own.train(x, tf.ones([3]), tf.zeros([3]), (statistics) => observed.push(statistics));
  });
  own.dispose();
  assert.equal(tf.memory().numTensors, before + 2);
  tf.dispose([observed[0].mean, observed[0].variance]);
  assert.equal(tf.memory().numTensors, before);
});
