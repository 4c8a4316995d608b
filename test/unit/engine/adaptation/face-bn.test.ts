import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { matrix, normaliseRows } from '../../../../src-main/common/matrix.ts';
import { type ProgressReport, ProgressToken } from '../../../../src-main/common/progress.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import {
  adapt,
  DEFAULT_FACE_BN,
  embedOnline,
  type FaceBnSettings,
  mix,
  type StatisticsByNorm,
} from '../../../../src-main/engine/adaptation/face-bn.ts';
import { scalePixels } from '../../../../src-main/engine/embed.ts';
import { createBatchNorm } from '../../../../src-main/engine/layers/batch-norm.ts';
import { IResNet, type Normalise } from '../../../../src-main/engine/models/iresnet.ts';
import { Parameters, type PlainStatistics } from '../../../../src-main/engine/models/parameters.ts';
import { planNetwork, planParameters } from '../../../../src-main/engine/models/plan.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import { assertClose } from '../../../support/close.ts';
import { TINY_SPEC, tinyNetwork } from '../../../support/tiny-network.ts';

const runtime = loadRuntime();
const { tf } = runtime;
const FACE_BYTES = 16 * 16 * 3;
const trained = tinyNetwork(1);
const training = trained.statistics;

function openNetwork(context: TestContext): IResNet {
  const plan = planNetwork(TINY_SPEC);
  const parameters = new Parameters(runtime, planParameters(plan), trained.parameters);
  const network = new IResNet(runtime, plan, parameters);
  context.after(() => {
    network.dispose();
    parameters.dispose();
  });
  return network;
}

function drawFaces(count: number): Uint8Array {
  const rng = Rng.seeded(9);
  return Uint8Array.from({ length: count * FACE_BYTES }, () => rng.int(200));
}

function settingsWith(changes: Partial<FaceBnSettings>): FaceBnSettings {
  return { ...DEFAULT_FACE_BN, mode: 'calibrated', batchSize: 10, minBatch: 4, ...changes };
}

function adaptTo(network: IResNet, pixels: Uint8Array, settings: FaceBnSettings) {
  return adapt(runtime, network, training, pixels, settings, ProgressToken.silent());
}

/** Statistics of a norm's input [.., C] over everything but channels, unbiased, in float64. */
function statisticsOf(values: ArrayLike<number>, channels: number): { mean: number[]; variance: number[] } {
  const count = values.length / channels;
  const mean = new Array<number>(channels).fill(0);
  const variance = new Array<number>(channels).fill(0);
  for (let at = 0; at < values.length; at++) mean[at % channels] += values[at] / count;
  for (let at = 0; at < values.length; at++)
    variance[at % channels] += (values[at] - mean[at % channels]) ** 2 / (count - 1);
  return { mean, variance };
}

/** Runs faces through the network; `choose` sees each norm's input and says what to normalise with. */
function pass(
  network: IResNet,
  pixels: Uint8Array,
  choose: (name: string, batch: { mean: number[]; variance: number[] }) => PlainStatistics,
): Float32Array {
  const batchNorm = createBatchNorm(runtime);
  const normalise: Normalise = (name, input, scale, offset) => {
    const batch = statisticsOf(input.dataSync(), input.shape[3]);
    const { mean, variance } = choose(name, batch);
    return batchNorm.infer(input, scale, offset, {
      mean: tf.tensor1d(mean),
      variance: tf.tensor1d(variance),
    });
  };
  const count = pixels.length / FACE_BYTES;
  const embeddings = tf.tidy(() =>
    network.forward(tf.tensor4d(scalePixels(pixels), [count, 16, 16, 3]), normalise).dataSync<'float32'>(),
  );
  batchNorm.dispose();
  return embeddings;
}

function blend(
  old: PlainStatistics,
  batch: { mean: number[]; variance: number[] },
  gamma: number,
): PlainStatistics {
  const mixed = (own: Float32Array, other: number[]): Float32Array =>
    own.map((value, at) => gamma * value + (1 - gamma) * other[at]);
  return { mean: mixed(old.mean, batch.mean), variance: mixed(old.variance, batch.variance) };
}

/** Eq. (9), literally: batch after batch, layer after layer. */
function adaptNaively(network: IResNet, pixels: Uint8Array, gamma: number, batchSize: number) {
  const current = new Map<string, PlainStatistics>(training);
  const embeddings: number[] = [];
  for (let first = 0; first < pixels.length; first += batchSize * FACE_BYTES) {
    const batch = pixels.subarray(first, first + batchSize * FACE_BYTES);
    const rows = pass(network, batch, (name, statistics) => {
      const next = blend(current.get(name) as PlainStatistics, statistics, gamma);
      current.set(name, next);
      return next;
    });
    embeddings.push(...rows);
  }
  return { statistics: current, embeddings };
}

function assertSameStatistics(actual: StatisticsByNorm, expected: StatisticsByNorm, tolerance: number): void {
  assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
  for (const [name, { mean, variance }] of expected) {
    assertClose(actual.get(name)?.mean ?? [], mean, tolerance, `${name}, mean`);
    assertClose(actual.get(name)?.variance ?? [], variance, tolerance, `${name}, variance`);
  }
}

for (const gamma of [0, 0.1, 0.9]) {
  test(`calibrated with γ = ${gamma} is eq. (9), each layer seeing what the updated ones before it leave`, (context) => {
    const network = openNetwork(context);
    const pixels = drawFaces(25);
    const before = tf.memory().numTensors;
    const { statistics, faces } = adaptTo(network, pixels, settingsWith({ gamma }));
    assert.equal(tf.memory().numTensors, before);
    assert.equal(faces, 25);
    assertSameStatistics(statistics, adaptNaively(network, pixels, gamma, 10).statistics, 1e-4);
  });
}

test('γ by hand on the first norm: half of the old, half of the batch, twice', (context) => {
  const network = openNetwork(context);
  const faces = drawFaces(10);
  const { statistics } = adaptTo(network, Buffer.concat([faces, faces]), settingsWith({ gamma: 0.5 }));
  const seen: { mean: number[]; variance: number[] }[] = [];
  pass(network, faces, (name, batch) => {
    if (name === 'stem.norm') seen.push(batch);
    return training.get(name) as PlainStatistics;
  });
  const old = training.get('stem.norm') as PlainStatistics;
  const expected = seen[0].mean.map((value, at) => 0.25 * old.mean[at] + 0.75 * value);
  assertClose(statistics.get('stem.norm')?.mean ?? [], expected, 1e-5);
});

test('γ = 1 and λ = 0 leave the training statistics as they are', (context) => {
  const network = openNetwork(context);
  const pixels = drawFaces(20);
  assertSameStatistics(adaptTo(network, pixels, settingsWith({ gamma: 1 })).statistics, training, 0);
  const pooled = settingsWith({ mode: 'pooled', lambda: 0 });
  assertSameStatistics(adaptTo(network, pixels, pooled).statistics, training, 0);
});

test('calibrated depends on the order of batches, pooled’s first norm does not', (context) => {
  const network = openNetwork(context);
  const pixels = drawFaces(20);
  // A dark half after a bright half, then the other way round.
  pixels.subarray(10 * FACE_BYTES).forEach((value, at, half) => {
    half[at] = value / 4;
  });
  const swapped = Buffer.concat([pixels.subarray(10 * FACE_BYTES), pixels.subarray(0, 10 * FACE_BYTES)]);
  const stemOf = (faces: Uint8Array, mode: FaceBnSettings['mode']): PlainStatistics =>
    adaptTo(network, faces, settingsWith({ mode, lambda: 0.5 })).statistics.get(
      'stem.norm',
    ) as PlainStatistics;
  assert.throws(() =>
    assertClose(stemOf(pixels, 'calibrated').mean, stemOf(swapped, 'calibrated').mean, 1e-2),
  );
  assertClose(stemOf(pixels, 'pooled').mean, stemOf(swapped, 'pooled').mean, 1e-6);
});

test('pooled with λ = 1 has the exact statistics of the first norm over all faces, whatever the batches', (context) => {
  const network = openNetwork(context);
  const pixels = drawFaces(25);
  let exact = { mean: [0], variance: [0] };
  pass(network, pixels, (name, batch) => {
    if (name === 'stem.norm') exact = batch;
    return training.get(name) as PlainStatistics;
  });
  for (const batchSize of [5, 10, 25]) {
    const { statistics, observed } = adaptTo(
      network,
      pixels,
      settingsWith({ mode: 'pooled', lambda: 1, batchSize }),
    );
    for (const found of [statistics, observed]) {
      assertClose(found.get('stem.norm')?.mean ?? [], exact.mean, 1e-5, `mean, batches of ${batchSize}`);
      assertClose(
        found.get('stem.norm')?.variance ?? [],
        exact.variance,
        1e-5,
        `variance, batches of ${batchSize}`,
      );
    }
  }
});

test('pooled with one batch: every layer is what the mixed statistics before it leave', (context) => {
  const network = openNetwork(context);
  const pixels = drawFaces(12);
  const lambda = 0.3;
  const expected = new Map<string, PlainStatistics>();
  pass(network, pixels, (name, batch) => {
    const mixed = blend(training.get(name) as PlainStatistics, batch, 1 - lambda);
    expected.set(name, mixed);
    return mixed;
  });
  const { statistics } = adaptTo(network, pixels, settingsWith({ mode: 'pooled', lambda, batchSize: 12 }));
  assertSameStatistics(statistics, expected, 1e-4);
});

test('a batch under the minimum changes nothing, and too few faces are refused', (context) => {
  const network = openNetwork(context);
  const pixels = drawFaces(23);
  for (const mode of ['calibrated', 'pooled'] as const) {
    const settings = settingsWith({ mode });
    const whole = adaptTo(network, pixels.subarray(0, 20 * FACE_BYTES), settings);
    const withTail = adaptTo(network, pixels, settings);
    assert.equal(withTail.faces, 20);
    assertSameStatistics(withTail.statistics, whole.statistics, 0);
    assert.throws(() => adaptTo(network, pixels.subarray(0, 3 * FACE_BYTES), settings), {
      code: 'bad-data',
      message: /at least 4 faces to estimate statistics, got 3/,
    });
  }
});

test('online embeds each batch with the statistics it has just updated', (context) => {
  const network = openNetwork(context);
  const pixels = drawFaces(20);
  const settings = settingsWith({ gamma: 0.2 });
  const before = tf.memory().numTensors;
  const online = embedOnline(runtime, network, training, pixels, settings);
  assert.equal(tf.memory().numTensors, before);
  const naive = adaptNaively(network, pixels, 0.2, 10).embeddings;
  const expected = normaliseRows(matrix(Float32Array.from(naive), TINY_SPEC.embeddingSize));
  assertClose(online.values, expected.values, 1e-4);
});

test('online: a batch under the minimum is embedded with the statistics as they stand', (context) => {
  const network = openNetwork(context);
  const pixels = drawFaces(13);
  const settings = settingsWith({ gamma: 0.2 });
  const { statistics } = adaptTo(network, pixels.subarray(0, 10 * FACE_BYTES), settings);
  const tail = pass(
    network,
    pixels.subarray(10 * FACE_BYTES),
    (name) => statistics.get(name) as PlainStatistics,
  );
  const expected = normaliseRows(matrix(tail, TINY_SPEC.embeddingSize));
  const online = embedOnline(runtime, network, training, pixels, settings);
  assertClose(online.values.subarray(10 * TINY_SPEC.embeddingSize), expected.values, 1e-5);
});

test('mixing by hand; a norm that was not observed keeps its own', () => {
  const own = new Map([
    ['a', { mean: Float32Array.of(0, 4), variance: Float32Array.of(1, 2) }],
    ['b', { mean: Float32Array.of(7), variance: Float32Array.of(8) }],
  ]);
  const observed = new Map([['a', { mean: Float32Array.of(8, 0), variance: Float32Array.of(5, 2) }]]);
  assert.deepEqual(
    mix(own, observed, 0.25),
    new Map([
      ['a', { mean: Float32Array.of(2, 3), variance: Float32Array.of(2, 2) }],
      ['b', { mean: Float32Array.of(7), variance: Float32Array.of(8) }],
    ]),
  );
});

test('settings out of range are refused with the value', (context) => {
  const network = openNetwork(context);
  for (const [changes, message] of [
    [{ gamma: 1.5 }, /γ lies in \[0, 1\], not 1\.5/],
    [{ lambda: -1 }, /λ lies in \[0, 1\], not -1/],
    [{ gamma: Number.NaN }, /not NaN/],
    [{ minBatch: 1 }, /minimum batch is at least 2, not 1/],
    [{ batchSize: 3 }, /batch size 3 is under its minimum batch 4/],
  ] as const) {
    const refused = { code: 'bad-usage', message };
    assert.throws(() => adaptTo(network, drawFaces(10), settingsWith(changes)), refused);
    assert.throws(
      () => embedOnline(runtime, network, training, drawFaces(10), settingsWith(changes)),
      refused,
    );
  }
});

test('progress counts faces, and a cancelled adaptation leaves no tensor', (context) => {
  const network = openNetwork(context);
  const reports: ProgressReport[] = [];
  const token = new ProgressToken((report) => reports.push(report), new AbortController().signal);
  adapt(runtime, network, training, drawFaces(23), settingsWith({}), token);
  assert.deepEqual([reports.at(-1)?.done, reports.at(-1)?.total], [23, 23]);
  const before = tf.memory().numTensors;
  const cancelled = new ProgressToken(() => {}, AbortSignal.abort());
  assert.throws(() => adapt(runtime, network, training, drawFaces(23), settingsWith({}), cancelled), {
    code: 'cancelled',
  });
  assert.equal(tf.memory().numTensors, before);
});
