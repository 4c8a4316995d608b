// What computes: the CPU or GPU, by what the system and the linked TensorFlow say, without loading it.

import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export interface ExpectedDevice {
  readonly deviceKind: 'cpu' | 'gpu';
  readonly device: string;
  readonly threads: number;
}

/** Set-up links the TensorFlow that it has chosen by a folder of this form: `…/2.21.0-gpu/…`. */
const GPU_BUILD = /-gpu\//;

/** `doctor` measures instead: this is for a status line. */
export async function expectedDevice(environment: NodeJS.ProcessEnv): Promise<ExpectedDevice> {
  const hidesGpus = environment.CUDA_VISIBLE_DEVICES === '-1';
  const threads = threadsInUse(environment);
  if (hidesGpus || !isGpuBuild()) return { deviceKind: 'cpu', device: cpuName(), threads };
  return { deviceKind: 'gpu', device: await gpuName(), threads };
}

/** TensorFlow's own variable limits them. */
export function threadsInUse(environment: NodeJS.ProcessEnv = process.env): number {
  return Number(environment.TF_NUM_INTRAOP_THREADS) || availableParallelism();
}

export function cpuName(): string {
  return cpus()[0]?.model.trim() || 'unknown CPU';
}

export async function gpuName(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader']);
    return stdout.trim().split('\n')[0];
  } catch {
    // The driver's tool may be missing where its library is not.
    return 'NVIDIA GPU';
  }
}

function isGpuBuild(): boolean {
  try {
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json');
    return GPU_BUILD.test(readlinkSync(join(dirname(manifest), 'deps', 'include')));
  } catch {
    // Not set up: whoever asks for work is told so.
    return false;
  }
}
