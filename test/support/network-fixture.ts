// test/fixtures/network.json, a tiny IResNet-18 of PyTorch, under Glimpse's parameter names.

import type { PlainStatistics, PlainTensor } from '../../src-main/engine/models/parameters.ts';
import type { NetworkSpec } from '../../src-main/engine/models/plan.ts';
import { flat, type Nested } from './close.ts';
import { readFixture } from './fixtures.ts';

interface RawFixture {
  readonly embeddingSize: number;
  readonly runningMomentum: number;
  readonly faces: number;
  readonly pixelsBase64: string;
  readonly weights: Record<string, { shape: number[]; scale: number; offset: number; int8Base64: string }>;
  readonly statistics: Record<string, { shape: number[]; float32Base64: string }>;
  readonly inferenceEmbeddings: Nested;
  readonly trainingEmbeddings: Nested;
  readonly upstream: Nested;
  readonly gradients: Record<string, { shape: number[]; values: number[] }>;
  readonly runningAfter: Record<string, number[]>;
}

export interface NetworkFixture {
  readonly spec: NetworkSpec;
  readonly parameters: Map<string, PlainTensor>;
  readonly statistics: Map<string, PlainStatistics>;
  /** γ of the last norm: PyTorch's network trains it, ours keeps it at 1. */
  readonly embeddingScale: Float32Array;
  readonly faces: number;
  readonly pixels: Uint8Array;
  readonly inferenceEmbeddings: number[];
  readonly trainingEmbeddings: number[];
  readonly upstream: number[];
  readonly gradients: ReadonlyMap<string, number[]>;
  readonly runningMomentum: number;
  /** Running means (`.mean`) and variances (`.variance`) after one training batch. */
  readonly runningAfter: ReadonlyMap<string, number[]>;
}

const LAST_NORM_SCALE = 'embedding.scale';

/** Reads the file; `head.bias`, which PyTorch's network lacks, is 0. */
export function readNetworkFixture(): NetworkFixture {
  const raw = readFixture<RawFixture>('network.json');
  const parameters = new Map<string, PlainTensor>();
  for (const [name, { shape, scale, offset, int8Base64 }] of Object.entries(raw.weights)) {
    const codes = new Int8Array(Buffer.from(int8Base64, 'base64'));
    parameters.set(ourName(name), {
      shape,
      values: Float32Array.from(codes, (code) => offset + scale * code),
    });
  }
  const embeddingScale = parameters.get(LAST_NORM_SCALE)?.values ?? new Float32Array(0);
  parameters.delete(LAST_NORM_SCALE);
  parameters.set('head.bias', { shape: [raw.embeddingSize], values: new Float32Array(raw.embeddingSize) });
  return {
    spec: {
      depth: 18,
      resolutionPx: 16,
      studentInput: 'native',
      widthFactor: 1 / 16,
      embeddingSize: raw.embeddingSize,
    },
    parameters,
    statistics: statisticsOf(raw),
    embeddingScale,
    faces: raw.faces,
    pixels: Buffer.from(raw.pixelsBase64, 'base64'),
    inferenceEmbeddings: flat(raw.inferenceEmbeddings),
    trainingEmbeddings: flat(raw.trainingEmbeddings),
    upstream: flat(raw.upstream),
    gradients: new Map(Object.entries(raw.gradients).map(([name, { values }]) => [ourName(name), values])),
    runningMomentum: raw.runningMomentum,
    runningAfter: new Map(Object.entries(raw.runningAfter).map(([name, values]) => [ourName(name), values])),
  };
}

function statisticsOf(raw: RawFixture): Map<string, PlainStatistics> {
  const statistics = new Map<string, PlainStatistics>();
  const read = (name: string): Float32Array => {
    const bytes = Buffer.from(raw.statistics[name].float32Base64, 'base64');
    return new Float32Array(Uint8Array.from(bytes).buffer);
  };
  for (const name of Object.keys(raw.statistics).filter((entry) => entry.endsWith('.running_mean'))) {
    const norm = name.slice(0, -'.running_mean'.length);
    statistics.set(ourName(norm), { mean: read(name), variance: read(`${norm}.running_var`) });
  }
  return statistics;
}

/**
 * PyTorch's name → ours. Modules: `blocks.5` → `stage3.block2` (two blocks a stage), `stem_norm` → `stem.norm`,
 * `stem_prelu` → `stem.slopes`, `prelu` → `slopes`, `shortcut` → `projection`, `shortcut_norm` → `projectionNorm`,
 * `head_norm` → `head.norm`, `fully_connected` → `head`, `embedding_norm` → `embedding`; tensors: a norm's `weight` and
 * `bias` → `scale` and `offset`, `running_mean` and `running_var` → `mean` and `variance`. A convolution or PReLU is one
 * tensor here and carries its layer's name alone; the stem's and the head's are called `weights`.
 */
function ourName(name: string): string {
  const isNorm = /norm/.test(name);
  const renamed = name
    .replace(
      /^blocks\.(\d+)/,
      (_, index) => `stage${(Number(index) >> 1) + 1}.block${(Number(index) % 2) + 1}`,
    )
    .replace(/^stem\.convolution\.weight$/, 'stem.weights')
    .replace(/^fully_connected\.weight$/, 'head.weights')
    .replace('stem_norm', 'stem.norm')
    .replace('head_norm', 'head.norm')
    .replace('embedding_norm', 'embedding')
    .replace('shortcut_norm', 'projectionNorm')
    .replace('running_mean', 'mean')
    .replace('running_var', 'variance');
  if (isNorm) return renamed.replace(/\.weight$/, '.scale').replace(/\.bias$/, '.offset');
  return renamed
    .replace('stem_prelu', 'stem.slopes')
    .replace('prelu', 'slopes')
    .replace('shortcut', 'projection')
    .replace('.convolution', '')
    .replace(/\.weight$/, '');
}
