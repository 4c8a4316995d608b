// Benchmark of mining on synthetic embeddings, against one N × N product and one tf.topk where that fits.

import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { type Matrix, matrix, normaliseRows } from '../../common/matrix.ts';
import { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import { medianOf } from '../../common/statistics.ts';
import type { Tf } from '../runtime/load.ts';
import { mineRelations } from './mine.ts';

const EMBEDDING_SIZE = 512;
const FACES_PER_IDENTITY = 3;
/** Beyond this the baseline's N × N matrices (similarities, mask, masked similarities) pass 3 GB. */
const MOST_BASELINE_FACES = 16_000;

export interface MiningBenchOptions {
  readonly faces: number;
  /** Negatives per face. */
  readonly n: number;
  /** Timed runs after one warm-up on a twentieth of the faces. */
  readonly repeats: number;
  readonly seed: number;
}

export interface MiningBenchResult {
  readonly name: string;
  readonly faces: number;
  readonly negatives: number;
  /** Seconds of the median run. */
  readonly median: number;
  readonly unit: 'seconds';
  readonly seconds: number[];
  /** Null where an N × N matrix does not fit. */
  readonly baseline: { readonly name: string; readonly median: number; readonly seconds: number[] } | null;
  /** Baseline over ours: above 1 where ours is better. */
  readonly ratio: number | null;
  /** Highest resident memory of the process up to the end of our runs, input included. */
  readonly peakRssMb: number;
}

export async function benchMining(tf: Tf, options: MiningBenchOptions): Promise<MiningBenchResult> {
  const { faces, n, repeats, seed } = options;
  const embeddings = syntheticEmbeddings(faces, seed);
  const labels = Int32Array.from({ length: faces }, (_, face) => Math.floor(face / FACES_PER_IDENTITY));
  await mineFirst(Math.max(n + FACES_PER_IDENTITY, Math.floor(faces / 20)));
  const seconds: number[] = [];
  for (let run = 0; run < repeats; run++) seconds.push(await secondsOf(() => mineFirst(faces)));
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  const median = medianOf(seconds);
  const baseline = faces <= MOST_BASELINE_FACES ? await runBaseline() : null;
  return {
    name: 'mining',
    faces,
    negatives: n,
    median,
    unit: 'seconds',
    seconds,
    baseline,
    ratio: baseline && baseline.median / median,
    peakRssMb,
  };

  async function mineFirst(count: number): Promise<void> {
    const part = matrix(embeddings.values.subarray(0, count * EMBEDDING_SIZE), EMBEDDING_SIZE);
    const mining = { negatives: n, sampling: 'hard', seed, positivesCap: 128 } as const;
    await mineRelations(tf, part, labels.subarray(0, count), mining, ProgressToken.silent());
  }

  async function runBaseline(): Promise<MiningBenchResult['baseline']> {
    const baselineSeconds: number[] = [];
    for (let run = 0; run < repeats; run++) {
      baselineSeconds.push(await secondsOf(async () => mineAtOnce(tf, embeddings, labels, n)));
    }
    return { name: 'N × N product, tf.topk', median: medianOf(baselineSeconds), seconds: baselineSeconds };
  }
}

/** The naive way: all similarities at once, own identity masked, one top-k. */
function mineAtOnce(tf: Tf, embeddings: Matrix, labels: Int32Array, negatives: number): Int32Array {
  const indices = tf.tidy(() => {
    const all = tf.tensor2d(embeddings.values, [embeddings.rows, embeddings.columns]);
    const identity = tf.tensor1d(labels, 'int32');
    const isOwn = tf.equal(identity.expandDims(1), identity.expandDims(0)); // [N, N]
    const similarities: Tensor2D = tf.matMul(all, all, false, true); // [N, N]
    return tf.topk(tf.where(isOwn, -2, similarities), negatives).indices;
  });
  const values = indices.dataSync<'int32'>();
  indices.dispose();
  return values;
}

/** Unit rows in loose clusters of `FACES_PER_IDENTITY`, as a teacher's are. */
function syntheticEmbeddings(faces: number, seed: number): Matrix {
  const rng = Rng.seeded(seed);
  const values = new Float32Array(faces * EMBEDDING_SIZE);
  const centre = new Float32Array(EMBEDDING_SIZE);
  for (let face = 0; face < faces; face++) {
    const base = face * EMBEDDING_SIZE;
    for (let column = 0; column < EMBEDDING_SIZE; column++) {
      if (face % FACES_PER_IDENTITY === 0) centre[column] = rng.uniform(-1, 1);
      values[base + column] = centre[column] + rng.uniform(-1, 1);
    }
  }
  return normaliseRows(matrix(values, EMBEDDING_SIZE));
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}
