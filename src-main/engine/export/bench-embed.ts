// Benchmark of inference: our own kernel against TensorFlow, and against onnxruntime on the same student, exported.

import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Rng } from '../../common/rng.ts';
import { createFoldedExecutor, type FoldedExecutor } from '../models/folded-executor.ts';
import type { FoldedNetwork } from '../models/folded-network.ts';
import type { Runtime } from '../runtime/load.ts';
import type { StudentModule } from '../runtime/student-module.ts';
import { encodeStudent, ONNX_INPUT_NAME } from './export-student.ts';

/** onnxruntime's levels: 'all' adds blocked layouts to 'extended', which helps some networks and hurts others. */
const LEVELS = ['extended', 'all'] as const;

export interface EmbedBenchOptions {
  readonly network: FoldedNetwork;
  /** Faces per call. */
  readonly batch: number;
  /** Timed rounds after one warm-up round; each round times every engine once. */
  readonly repeats: number;
  readonly seed: number;
}

export interface EmbedRate {
  readonly name: string;
  /** Images per second of the median round. */
  readonly median: number;
  readonly slowest: number;
  readonly fastest: number;
}

export interface EmbedBenchResult extends EmbedRate {
  readonly unit: 'images/s';
  readonly batch: number;
  /** The fastest of the others: TensorFlow and onnxruntime's levels. */
  readonly baseline: EmbedRate;
  readonly others: readonly EmbedRate[];
  /** Ours over the baseline: above 1 where ours is better. */
  readonly ratio: number;
  /** Highest resident memory of the process up to our first embedding, before the others are loaded. */
  readonly peakRssMb: number;
}

/** Times all engines in turn on random pixels, threads as many as cores; results are read back. */
export async function benchEmbed(runtime: Runtime, options: EmbedBenchOptions): Promise<EmbedBenchResult> {
  const { network, batch, repeats, seed } = options;
  const side = network.resolutionPx;
  const rng = Rng.seeded(seed);
  const pixels = Float32Array.from({ length: batch * 3 * side ** 2 }, () => rng.uniform(-1, 1));
  const engines: { name: string; embed: () => Promise<void>; msOfRounds: number[] }[] = [];

  const executors: FoldedExecutor[] = [];
  const addExecutor = (students: StudentModule | null): void => {
    const executor = createFoldedExecutor(runtime, network, students);
    executors.push(executor);
    const embed = async (): Promise<void> => void (await executor.embed(pixels));
    engines.push({ name: students === null ? 'tensorflow' : 'own kernel', embed, msOfRounds: [] });
  };
  addExecutor(runtime.students);
  await engines[0].embed();
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  if (runtime.students !== null) addExecutor(null);

  const model = encodeStudent(network, {
    glimpseVersion: 'bench',
    modelDigest: 'random',
    faceBnProfile: null,
  });
  const sessions: InferenceSession[] = [];
  for (const level of LEVELS) {
    const session = await InferenceSession.create(model, {
      intraOpNumThreads: availableParallelism(),
      interOpNumThreads: 1,
      graphOptimizationLevel: level,
    });
    sessions.push(session);
    const embed = async (): Promise<void> => {
      await session.run({ [ONNX_INPUT_NAME]: new Tensor('float32', pixels, [batch, 3, side, side]) });
    };
    engines.push({ name: `onnxruntime ${level}`, embed, msOfRounds: [] });
  }

  try {
    for (let round = -1; round < repeats; round++) {
      for (const engine of engines) {
        const startedMs = performance.now();
        await engine.embed();
        if (round >= 0) engine.msOfRounds.push(performance.now() - startedMs);
      }
    }
  } finally {
    for (const executor of executors) executor.dispose();
    await Promise.all(sessions.map((session) => session.release()));
  }
  const [ours, ...theirs] = engines.map(({ name, msOfRounds }) => rateOf(name, msOfRounds, batch));
  const [baseline, ...others] = theirs.toSorted((left, right) => right.median - left.median);
  return {
    ...ours,
    unit: 'images/s',
    batch,
    baseline,
    others,
    ratio: ours.median / baseline.median,
    peakRssMb,
  };
}

function rateOf(name: string, msOfRounds: number[], batch: number): EmbedRate {
  const rates = msOfRounds.map((ms) => (batch * 1000) / ms).sort((left, right) => left - right);
  const middle = Math.floor(rates.length / 2);
  const median = rates.length % 2 === 1 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2;
  return { name, median, slowest: rates[0], fastest: rates[rates.length - 1] };
}
