// Chooses the TensorFlow build: for an NVIDIA GPU where one answers, else for the CPU.

import { SetupError } from './report.mjs';
import { runProgram } from './run.mjs';

const NVIDIA_SMI_TIMEOUT_MS = 10_000;

/**
 * `GLIMPSE_DEVICE=cpu|gpu` decides; without it, `nvidia-smi -L` listing a GPU does.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<'cpu' | 'gpu'>}
 */
export async function chooseDevice(environment) {
  const wanted = environment.GLIMPSE_DEVICE;
  if (wanted === 'cpu' || wanted === 'gpu') return wanted;
  if (wanted) {
    throw new SetupError(`GLIMPSE_DEVICE is \`${wanted}\`, expected cpu or gpu`, 'unset GLIMPSE_DEVICE');
  }
  const answer = await runProgram('nvidia-smi', ['-L'], {
    environment,
    capture: true,
    timeoutMs: NVIDIA_SMI_TIMEOUT_MS,
  });
  return answer.code === 0 && /^GPU \d+:/m.test(answer.output) ? 'gpu' : 'cpu';
}
