import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { Rng } from '../../../../src-main/common/rng.ts';
import { createConvolution } from '../../../../src-main/engine/layers/convolution.ts';
import {
  type ConvolutionShape,
  samePaddedSize,
} from '../../../../src-main/engine/layers/convolution-shape.ts';
import { createPixelMajorConvolution, toPixelMajor } from '../../../../src-main/engine/layers/pixel-major.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { assertClose, assertCloseTogether } from '../../../support/close.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const BATCH = 3;

/** Output, input gradient and weight gradient. */
type Results = readonly ArrayLike<number>[];

interface Given {
  readonly input: Float32Array;
  readonly weights: Float32Array;
  readonly upstream: Float32Array;
}

function draw(shape: ConvolutionShape): Given {
  const rng = Rng.seeded(5, shape.inputSize, shape.stride, shape.kernelSize);
  const normals = (length: number): Float32Array => Float32Array.from({ length }, () => rng.normal());
  return {
    input: normals(BATCH * shape.inputSize ** 2 * shape.inputChannels),
    weights: normals(shape.kernelSize ** 2 * shape.inputChannels * shape.outputChannels),
    upstream: normals(BATCH * samePaddedSize(shape.inputSize, shape.stride) ** 2 * shape.outputChannels),
  };
}

function withResults(
  shape: ConvolutionShape,
  given: Given,
  apply: (input: Tensor4D, weights: Tensor4D) => Tensor4D,
): Results {
  const { inputSize, inputChannels, outputChannels, kernelSize } = shape;
  return tf.tidy(() => {
    const x = tf.tensor4d(given.input, [BATCH, inputSize, inputSize, inputChannels]);
    const w = tf.tensor4d(given.weights, [kernelSize, kernelSize, inputChannels, outputChannels]);
    const side = samePaddedSize(inputSize, shape.stride);
    const dy = tf.tensor4d(given.upstream, [BATCH, side, side, outputChannels]);
    const run = (input: Tensor, weights: Tensor): Tensor => apply(input as Tensor4D, weights as Tensor4D);
    const output = run(x, w);
    assert.deepEqual(output.shape, dy.shape);
    const [inputGradient, weightGradient] = tf.grads(run)([x, w], dy);
    const read = (tensor: Tensor): Float32Array => tensor.dataSync<'float32'>();
    return [read(output), read(inputGradient), read(weightGradient)];
  });
}

function runDirect(shape: ConvolutionShape, given: Given): Results {
  const convolution = createConvolution(runtime, shape);
  const results = withResults(shape, given, convolution.apply);
  convolution.dispose();
  return results;
}

/** Into the pixel-major layout and back again, so that inputs and outputs are those of the direct form. */
function runPixelMajor(shape: ConvolutionShape, given: Given): Results {
  const convolution = createPixelMajorConvolution(runtime, shape);
  const side = samePaddedSize(shape.inputSize, shape.stride);
  const results = withResults(shape, given, (input, weights) => {
    const map = convolution.apply(toPixelMajor(input), weights);
    const { outputChannels } = shape;
    return map
      .reshape([side ** 2, BATCH, outputChannels])
      .transpose([1, 0, 2])
      .reshape([BATCH, side, side, outputChannels]);
  });
  convolution.dispose();
  return results;
}

/** Every product of the sum, one after the other. SAME: ⌊total / 2⌋ of the padding before, the rest after. */
function naive(shape: ConvolutionShape, { input, weights, upstream }: Given): Results {
  const { inputSize, inputChannels, outputChannels, kernelSize, stride } = shape;
  const side = Math.ceil(inputSize / stride);
  const padding = Math.max((side - 1) * stride + kernelSize - inputSize, 0);
  const before = Math.floor(padding / 2);
  const output = new Float64Array(upstream.length);
  const inputGradient = new Float64Array(input.length);
  const weightGradient = new Float64Array(weights.length);
  for (let face = 0; face < BATCH; face++)
    for (let outY = 0; outY < side; outY++)
      for (let outX = 0; outX < side; outX++)
        for (let tapY = 0; tapY < kernelSize; tapY++)
          for (let tapX = 0; tapX < kernelSize; tapX++) {
            const y = outY * stride + tapY - before;
            const x = outX * stride + tapX - before;
            if (y < 0 || y >= inputSize || x < 0 || x >= inputSize) continue;
            for (let from = 0; from < inputChannels; from++)
              for (let to = 0; to < outputChannels; to++) {
                const atInput = ((face * inputSize + y) * inputSize + x) * inputChannels + from;
                const atWeight = ((tapY * kernelSize + tapX) * inputChannels + from) * outputChannels + to;
                const atOutput = ((face * side + outY) * side + outX) * outputChannels + to;
                output[atOutput] += input[atInput] * weights[atWeight];
                inputGradient[atInput] += upstream[atOutput] * weights[atWeight];
                weightGradient[atWeight] += upstream[atOutput] * input[atInput];
              }
          }
  return [output, inputGradient, weightGradient];
}

/** Two channels take the projection of our own, sixteen TensorFlow's. */
test('a strided 1×1 convolution with many channels equals a naive loop', () => {
  const shape = { inputSize: 5, inputChannels: 16, outputChannels: 3, kernelSize: 1, stride: 2 };
  const given = draw(shape);
  const expected = naive(shape, given);
  runDirect(shape, given).forEach((values, which) => {
    assertClose(values, expected[which], 1e-5, `result ${which}`);
  });
});

for (const inputSize of [1, 2, 3, 4, 5, 6])
  for (const stride of [1, 2])
    for (const kernelSize of [1, 3]) {
      const shape = { inputSize, inputChannels: 2, outputChannels: 3, kernelSize, stride };
      test(`${inputSize}×${inputSize}, kernel ${kernelSize}, stride ${stride}: both layouts equal a naive loop`, () => {
        const given = draw(shape);
        const expected = naive(shape, given);
        const direct = runDirect(shape, given);
        const pixelMajor = runPixelMajor(shape, given);
        for (const [which, name] of ['output', 'input gradient', 'weight gradient'].entries()) {
          assertClose(direct[which], expected[which], 1e-5, `direct ${name}`);
          assertClose(pixelMajor[which], expected[which], 2e-5, `pixel-major ${name}`);
        }
      });
    }

test('a strided 1×1 convolution of a large map with few channels keeps inside its buffers', () => {
  // TensorFlow's own kernel ends the process here, if not at once then soon after.
  const shape = { inputSize: 112, inputChannels: 8, outputChannels: 8, kernelSize: 1, stride: 2 };
  const given = draw(shape);
  const expected = naive(shape, given);
  for (let run = 0; run < 3; run++) {
    const results = runDirect(shape, given);
    for (const which of [0, 1]) assertClose(results[which], expected[which], 1e-5, `result ${which}`);
    assertCloseTogether(results[2], expected[2], 1e-5, 'weight gradient');
  }
});

test('SAME padding of an even map at stride 2 stands after it, of an odd one on both sides', () => {
  // One weight at the kernel's first tap: the first output is the pixel that this tap reads, 0 on the padding.
  const firstOutput = (inputSize: number, run: typeof runDirect): number => {
    const shape = { inputSize, inputChannels: 1, outputChannels: 1, kernelSize: 3, stride: 2 };
    const given = draw(shape);
    given.input.fill(5);
    given.weights.fill(0);
    given.weights[0] = 1;
    return Number(run(shape, given)[0][0]);
  };
  for (const run of [runDirect, runPixelMajor]) {
    assert.equal(firstOutput(4, run), 5);
    assert.equal(firstOutput(3, run), 0);
  }
});

test('a run leaves no tensor behind', () => {
  const before = tf.memory().numTensors;
  for (const kernelSize of [1, 3]) {
    const shape = { inputSize: 4, inputChannels: 2, outputChannels: 3, kernelSize, stride: 2 };
    runDirect(shape, draw(shape));
    runPixelMajor(shape, draw(shape));
  }
  assert.equal(tf.memory().numTensors, before);
});
