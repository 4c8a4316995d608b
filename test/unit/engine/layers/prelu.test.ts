import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-node-gpu';
import { createPrelu, type Prelu } from '../../../../src-main/engine/layers/prelu.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { assertClose } from '../../../support/close.ts';
import { readFixture } from '../../../support/fixtures.ts';

interface PreluFixture {
  readonly shape: number[];
  readonly input: number[];
  readonly upstream: number[];
  readonly prelu: Record<'slopes' | 'output' | 'inputGradient' | 'slopeGradient', number[]>;
}

const runtime = loadRuntime();
const { tf } = runtime;

/** Both ways of computing it: our own kernel, and TensorFlow's operations where it is absent (a GPU). */
const PRELUS = [
  ['our kernel', createPrelu(runtime, true)],
  ['composed', createPrelu(runtime, false)],
] as const;

function activate(
  prelu: Prelu,
  shape: number[],
  input: number[],
  slopes: number[],
  upstream: number[],
): Float32Array[] {
  return tf.tidy(() => {
    const given = [tf.tensor(input, shape), tf.tensor1d(slopes)];
    const run = (x: Tensor, a: Tensor): Tensor => prelu(x, a as Tensor1D);
    const gradients = tf.grads(run)(given, tf.tensor(upstream, shape));
    return [run(given[0], given[1]), ...gradients].map((tensor) => tensor.dataSync<'float32'>());
  });
}

for (const [way, prelu] of PRELUS) {
  test(`${way}: output and both gradients are PyTorch’s`, () => {
    const { shape, input, upstream, prelu: expected } = readFixture<PreluFixture>('layers.json');
    const [output, inputGradient, slopeGradient] = activate(prelu, shape, input, expected.slopes, upstream);
    assertClose(output, expected.output, 1e-6, 'output');
    assertClose(inputGradient, expected.inputGradient, 1e-6, 'input gradient');
    assertClose(slopeGradient, expected.slopeGradient, 1e-5, 'slope gradient');
  });

  test(`${way}: by hand: 2 channels, one value on each side of 0 and 0 itself`, () => {
    const [output, inputGradient, slopeGradient] = activate(
      prelu,
      [3, 2],
      [2, -4, -1, 3, 0, 0],
      [0.5, -2],
      [10, 1, 100, 7, 5, 5],
    );
    assertClose(output, [2, 8, -0.5, 3, 0, 0], 0, 'output');
    // At 0 the slope counts, as in PyTorch.
    assertClose(inputGradient, [10, -2, 50, 7, 2.5, -10], 0, 'input gradient');
    assertClose(slopeGradient, [-100, -4], 0, 'slope gradient');
  });
}

test('a map that is no multiple of the channels is refused', () => {
  assert.throws(() => activate(PRELUS[0][1], [3], [1, 2, 3], [1, 1], [1, 1, 1]), /one slope per channel/);
});

test('the binding has our kernels', () => {
  assert.equal(runtime.ops.hasOwnKernels, !runtime.ops.backend.isUsingGpuDevice);
});
