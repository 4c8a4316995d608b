// Examines the engine's runtime: versions, device, and how fast it multiplies and convolves.

import { createRequire } from 'node:module';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import type { ProgressToken } from '../../common/progress.ts';
import { cpuName, gpuName, threadsInUse } from './device.ts';
import type { Runtime, Tf } from './load.ts';

export interface EngineReport {
  readonly tensorflowVersion: string;
  readonly tfjsVersion: string;
  readonly onnxruntimeVersion: string;
  readonly deviceKind: 'cpu' | 'gpu';
  /** Model name of the CPU or GPU that computes. */
  readonly device: string;
  readonly threads: number;
  /** What embeds by students: our own module and its instruction set, or TensorFlow. */
  readonly students: string;
  /** 2048 × 2048 float32 matrices. */
  readonly matmulGflops: number;
  /** Forward and backward pass of a 3×3 convolution, 96×16×16×64 → 64 channels, float32. */
  readonly convolutionGflops: number;
}

const WARM_UPS = 2;
const REPETITIONS = 7;

const MATRIX_SIZE = 2048;
const BATCH = 96;
const SIDE_PX = 16;
const CHANNELS = 64;
const KERNEL_PX = 3;

/** Measures for about two seconds on two cores; the figures are medians. */
export async function examineEngine(
  { tf, students }: Runtime,
  progress: ProgressToken,
): Promise<EngineReport> {
  const backend = tf.backend() as unknown as { isUsingGpuDevice: boolean; binding: { TF_Version: string } };
  const deviceKind = backend.isUsingGpuDevice ? 'gpu' : 'cpu';
  const stage = progress.stage('measuring', 2 * (WARM_UPS + REPETITIONS), 'runs');
  function advance(): void {
    progress.throwIfCancelled();
    stage.advance();
  }
  return {
    tensorflowVersion: backend.binding.TF_Version,
    tfjsVersion: tf.version.tfjs,
    onnxruntimeVersion: packageVersion('onnxruntime-node'),
    deviceKind,
    device: deviceKind === 'gpu' ? await gpuName() : cpuName(),
    threads: threadsInUse(),
    students: students === null ? 'TensorFlow' : `own module, ${students.kernel}`,
    matmulGflops: measureMatmul(tf, advance),
    convolutionGflops: measureConvolutionStep(tf, advance),
  };
}

function measureMatmul(tf: Tf, advance: () => void): number {
  const left = tf.randomNormal([MATRIX_SIZE, MATRIX_SIZE], 0, 1, 'float32', 1);
  const right = tf.randomNormal([MATRIX_SIZE, MATRIX_SIZE], 0, 1, 'float32', 2);
  const seconds = medianSeconds(tf, () => [tf.matMul(left, right)], advance);
  tf.dispose([left, right]);
  return gigaPerSecond(2 * MATRIX_SIZE ** 3, seconds);
}

function measureConvolutionStep(tf: Tf, advance: () => void): number {
  const input = tf.randomNormal([BATCH, SIDE_PX, SIDE_PX, CHANNELS], 0, 1, 'float32', 1);
  const filter = tf.randomNormal([KERNEL_PX, KERNEL_PX, CHANNELS, CHANNELS], 0, 1, 'float32', 2);
  const gradients = tf.grads((x: Tensor, w: Tensor) => tf.conv2d(x as Tensor4D, w as Tensor4D, 1, 'same'));
  const upstream = tf.onesLike(input);
  const seconds = medianSeconds(tf, () => gradients([input, filter], upstream), advance);
  tf.dispose([input, filter, upstream]);
  // The gradients of input and of filter each cost what the forward pass does.
  const passes = 3;
  const multiplications = BATCH * SIDE_PX ** 2 * KERNEL_PX ** 2 * CHANNELS ** 2;
  return gigaPerSecond(passes * 2 * multiplications, seconds);
}

/** Median time of `work`, whose tensors are disposed; one number of each is read back, so a GPU has finished. */
function medianSeconds(tf: Tf, work: () => Tensor[], advance: () => void): number {
  const seconds: number[] = [];
  for (let run = 0; run < WARM_UPS + REPETITIONS; run++) {
    const startedMs = performance.now();
    tf.tidy(() => {
      for (const result of work()) result.flatten().slice(0, 1).dataSync();
    });
    if (run >= WARM_UPS) seconds.push((performance.now() - startedMs) / 1000);
    advance();
  }
  return seconds.sort((left, right) => left - right)[REPETITIONS >> 1];
}

function gigaPerSecond(operations: number, seconds: number): number {
  return Math.round((operations / seconds / 1e9) * 10) / 10;
}

function packageVersion(name: string): string {
  const manifest = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return manifest.version;
}
