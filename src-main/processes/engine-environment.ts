// Variables that have to stand in the environment before TensorFlow and the allocator start; those the user has set are
// left as they are.

const MARK = 'GLIMPSE_ENGINE_ENVIRONMENT';

/** Name → value, each with its reason. */
const ENGINE_VARIABLES: Readonly<Record<string, string>> = {
  // Informational lines of TensorFlow's start are not for users.
  TF_CPP_MIN_LOG_LEVEL: '2',
  // Keep freed memory in huge pages instead of giving it back after each tensor: 5 % of a training step (EXPERIMENTS.md).
  GLIBC_TUNABLES:
    'glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=4294967296:glibc.malloc.hugetlb=1',
  // On a GPU, take memory as it is needed: other programs draw on the same card.
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
};

/**
 * The environment the engine wants, or null when this process already has it.
 * `GLIMPSE_DEVICE=cpu` hides the GPUs.
 */
export function engineEnvironment(current: NodeJS.ProcessEnv): NodeJS.ProcessEnv | null {
  if (current[MARK] !== undefined) return null;
  const hideGpus = current.GLIMPSE_DEVICE === 'cpu' ? { CUDA_VISIBLE_DEVICES: '-1' } : {};
  return { ...ENGINE_VARIABLES, ...hideGpus, ...current, [MARK]: '1' };
}

/** What a person's settings add to it. */
export function chosenEnvironment({
  device,
  threads,
}: {
  readonly device: 'auto' | 'cpu';
  readonly threads: number | null;
}): NodeJS.ProcessEnv {
  return {
    ...(device === 'cpu' ? { GLIMPSE_DEVICE: 'cpu' } : {}),
    ...(threads === null
      ? {}
      : { TF_NUM_INTRAOP_THREADS: String(threads), OMP_NUM_THREADS: String(threads) }),
  };
}
