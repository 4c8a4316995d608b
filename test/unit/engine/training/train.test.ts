import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { sha256OfFile } from '../../../../src-main/common/files.ts';
import type { StoredTensor } from '../../../../src-main/common/tensor-file.ts';
import { loadRuntime } from '../../../../src-main/engine/runtime/load.ts';
import type { TrainingData } from '../../../../src-main/engine/training/batches.ts';
import {
  type Checkpoint,
  checkpointPath,
  loadCheckpoint,
} from '../../../../src-main/engine/training/checkpoint.ts';
import type { TrainingEvent } from '../../../../src-main/engine/training/events.ts';
import { type EpochRow, RunFolder } from '../../../../src-main/engine/training/run-folder.ts';
import { type TrainingJob, train } from '../../../../src-main/engine/training/train.ts';
import { runLimited } from '../../../support/limited-process.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { comparable, tinyData, tinyJob, tinySettings } from '../../../support/tiny-training.ts';

const TRAINING_CHILD = new URL('../../../support/training-child.ts', import.meta.url);
const runtime = loadRuntime();
const { tf } = runtime;
let data: TrainingData;
/** Two epochs without a stop: what every interrupted run must come to. */
let whole: Run;

interface Run {
  readonly events: TrainingEvent[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly reason: string;
  readonly epochs: number;
}

async function runTraining(folder: string, changes: Partial<TrainingJob> = {}): Promise<Run> {
  const events: TrainingEvent[] = [];
  const onEvent = async (event: TrainingEvent): Promise<void> => {
    events.push(event);
    await changes.onEvent?.(event);
  };
  const { state, reason, epochs } = await train(runtime, { ...tinyJob(data, folder, changes), onEvent });
  const tensors = state.toTensors();
  state.dispose();
  return { events, tensors, reason, epochs };
}

before(async () => {
  data = await tinyData(runtime);
});

/** The loop asks the signal once before each step. */
function abortedAfter(steps: number): AbortSignal {
  let asked = 0;
  const signal = {
    get aborted() {
      return asked++ === steps;
    },
  };
  return signal as AbortSignal;
}

function last(folder: string): Promise<Checkpoint> {
  return loadCheckpoint(checkpointPath(folder, 'last'));
}

function epochsOf(events: readonly TrainingEvent[]): EpochRow[] {
  return events.filter((event) => event.kind === 'epoch');
}

function assertSameTensors(actual: Run['tensors'], expected: Run['tensors']): void {
  assert.deepEqual([...actual.keys()], [...expected.keys()]);
  for (const [name, tensor] of expected) assert.deepEqual(actual.get(name), tensor, name);
}

test('the loss and every term but the classifier’s fall over two epochs, and nothing leaks', async (context) => {
  const tensorsBefore = tf.memory().numTensors;
  whole = await runTraining(await temporaryFolder(context));
  assert.equal(tf.memory().numTensors, tensorsBefore);
  assert.deepEqual([whole.reason, whole.epochs], ['finished', 2]);
  const [first, second] = epochsOf(whole.events).map(({ averages }) => averages);
  assert.ok(second.total < first.total, `${first.total} → ${second.total}`);
  for (const term of ['instance', 'relation', 'embedding'] as const)
    assert.ok(Number(second[term]) < Number(first[term]), `${term}: ${first[term]} → ${second[term]}`);
  assert.deepEqual(
    whole.events.map((event) => event.kind),
    ['step', 'step', 'epoch', 'checkpoint', 'step', 'step', 'epoch', 'checkpoint', 'stopped'],
  );
});

test('the same seed gives the same run bit for bit, another seed another', async (context) => {
  const folder = await temporaryFolder(context);
  const again = await runTraining(folder);
  assert.deepEqual(comparable(again.events), comparable(whole.events));
  assertSameTensors(again.tensors, whole.tensors);
  const other = await runTraining(folder, { settings: tinySettings({ seed: 2 }) });
  assert.notDeepEqual(comparable(other.events), comparable(whole.events));
});

for (const stopAfter of [1, 7, 11, 12, 17]) {
  test(`stopped after step ${stopAfter} and resumed, a run is the uninterrupted one bit for bit`, async (context) => {
    const folder = await temporaryFolder(context);
    const signal = abortedAfter(stopAfter);
    const stopped = await runTraining(folder, { signal });
    assert.deepEqual([stopped.reason, stopped.epochs], ['cancelled', Math.floor(stopAfter / 12)]);
    const checkpoint = await last(folder);
    assert.deepEqual(checkpoint.header.position, { epoch: Math.floor(stopAfter / 12), step: stopAfter % 12 });
    const resumed = await runTraining(folder, { resumeFrom: checkpoint });
    assert.equal(resumed.reason, 'finished');
    assertSameTensors(resumed.tensors, whole.tensors);
    const withoutStop = (events: readonly TrainingEvent[]): TrainingEvent[] =>
      events.filter(({ kind }) => kind === 'step' || kind === 'epoch');
    const joined = [...withoutStop(stopped.events), ...withoutStop(resumed.events)];
    assert.deepEqual(comparable(joined), comparable(withoutStop(whole.events)));
  });
}

test('killed by SIGKILL in mid-epoch, a run goes on from its checkpoint to the same end', async (context) => {
  const folder = await temporaryFolder(context);
  await mkdir(folder, { recursive: true });
  const signal = await new Promise((resolve) => {
    execFile(process.execPath, [TRAINING_CHILD.pathname, folder, 'kill'], (error) => resolve(error?.signal));
  });
  assert.equal(signal, 'SIGKILL');
  const checkpoint = await last(folder);
  assert.deepEqual(checkpoint.header.position, { epoch: 0, step: 9 });
  const run = new RunFolder(folder);
  const settings = tinySettings({ checkpointEverySteps: 3 });
  const resumed = await runTraining(folder, {
    settings,
    resumeFrom: checkpoint,
    onEvent: (event) => run.append(event),
  });
  assertSameTensors(resumed.tensors, whole.tensors);
  assert.deepEqual(comparable(await run.readEpochs()), comparable(epochsOf(whole.events)));
});

test('a full disk stops the run with one sentence and leaves the last checkpoint', async (context) => {
  const folder = await temporaryFolder(context);
  const stopAtOnce = AbortSignal.abort();
  await runTraining(folder, { signal: stopAtOnce, settings: tinySettings({ checkpointEverySteps: 3 }) });
  const path = checkpointPath(folder, 'last');
  const digest = await sha256OfFile(path);
  const end = await runLimited(64, TRAINING_CHILD, [folder, 'resume']);
  assert.equal(end.stdout, `no space left to write ${path} (EFBIG): free some and run the command again`);
  assert.equal(end.code, 1);
  assert.equal(await sha256OfFile(path), digest);
  assert.deepEqual(await readdir(dirname(path)), ['last.glimpse']);
  assert.deepEqual((await last(folder)).header.position, { epoch: 0, step: 0 });
});

test('a loss that is not a number stops the run; the checkpoint before it stays and loads', async (context) => {
  const folder = await temporaryFolder(context);
  const schedule = { ...tinySettings().schedule, epochs: 1 };
  await runTraining(folder, { settings: tinySettings({ schedule }) });
  const path = checkpointPath(folder, 'last');
  const digest = await sha256OfFile(path);
  const tensorsBefore = tf.memory().numTensors;
  for (const [learningRate, checkpointEverySteps] of [
    [1e10, 1000],
    [1e39, 1],
  ]) {
    const wild = { ...schedule, epochs: 2, learningRate, largestGradientNorm: null };
    const kinds: string[] = [];
    const running = runTraining(folder, {
      settings: tinySettings({ schedule: wild, checkpointEverySteps }),
      resumeFrom: await last(folder),
      onEvent: (event) => {
        kinds.push(event.kind === 'stopped' ? event.reason : event.kind);
      },
    });
    await assert.rejects(running, {
      name: 'GlimpseError',
      code: 'not-finite',
      message: /no longer finite at epoch 2, step \d+: .*the last good checkpoint stays at .*last\.glimpse/,
    });
    assert.equal(kinds.at(-1), 'not-finite');
    assert.equal(await sha256OfFile(path), digest);
  }
  assert.deepEqual((await last(folder)).header.position, { epoch: 1, step: 0 });
  assert.equal(tf.memory().numTensors, tensorsBefore, 'a failed run frees its state');
});

test('stopping a run that has gone wrong saves nothing over the last checkpoint', async (context) => {
  const folder = await temporaryFolder(context);
  const schedule = { ...tinySettings().schedule, learningRate: 1e10, largestGradientNorm: null };
  const signal = abortedAfter(6);
  const running = runTraining(folder, { settings: tinySettings({ schedule }), signal });
  await assert.rejects(running, { code: 'not-finite', message: /at epoch 1, step 6: [^(]*$/ });
  assert.deepEqual(await readdir(folder), []);
});

test('a cut-off checkpoint is refused by name', async (context) => {
  const folder = await temporaryFolder(context);
  await runTraining(folder, { signal: AbortSignal.abort() });
  const path = checkpointPath(folder, 'last');
  await truncate(path, (await readFile(path)).length >> 1);
  await assert.rejects(last(folder), {
    code: 'bad-checkpoint',
    message: new RegExp(`^${path} is not a usable checkpoint`),
  });
  await writeFile(path, '');
  await assert.rejects(last(folder), { code: 'bad-checkpoint' });
  await assert.rejects(last(join(folder, 'none')), {
    code: 'not-found',
    message: /last\.glimpse does not exist/,
  });
});

/** Validation that gives these scores, one after the other. */
function scripted(scores: readonly number[], asked: number[] = []): TrainingJob['validate'] {
  return async (embedder) => {
    assert.equal(embedder.resolutionPx, 16);
    const score = scores[asked.length];
    asked.push(score);
    return { score, lrLr: score, lrHr: score };
  };
}

test('validation comes every few epochs and after the last; the best epoch has a checkpoint', async (context) => {
  const folder = await temporaryFolder(context);
  const schedule = { ...tinySettings().schedule, epochs: 5, batchSize: 24 };
  const settings = tinySettings({ schedule, validateEveryEpochs: 2 });
  const { events } = await runTraining(folder, { settings, validate: scripted([0.6, 0.8, 0.7]) });
  assert.deepEqual(
    epochsOf(events).map(({ validation }) => validation?.score ?? null),
    [null, 0.6, null, 0.8, 0.7],
  );
  const best = await loadCheckpoint(checkpointPath(folder, 'best'));
  assert.deepEqual(best.header.position, { epoch: 4, step: 0 });
  assert.deepEqual(best.header.best, { epoch: 3, score: 0.8 });
  assert.deepEqual((await last(folder)).header.best, { epoch: 3, score: 0.8 });
});

test('patience counts validations without gain, over a resumption too, and stops', async (context) => {
  const folder = await temporaryFolder(context);
  const schedule = { ...tinySettings().schedule, epochs: 9, batchSize: 24 };
  const settings = tinySettings({ schedule, patience: 2, validateEveryEpochs: 1 });
  const signal = abortedAfter(4);
  const stopped = await runTraining(folder, { settings, validate: scripted([0.7, 0.7]), signal });
  assert.deepEqual([stopped.reason, stopped.epochs], ['cancelled', 2]);
  const first = await runTraining(folder, {
    settings,
    validate: scripted([0.6]),
    resumeFrom: await last(folder),
  });
  assert.deepEqual([first.reason, first.epochs], ['no-gain', 3]);
  // A run that has stopped for this reason does not go on.
  const again = await runTraining(folder, {
    settings,
    validate: scripted([]),
    resumeFrom: await last(folder),
  });
  assert.deepEqual([again.reason, again.epochs], ['no-gain', 3]);
});

test('a finished run that is resumed ends at once with its state', async (context) => {
  const folder = await temporaryFolder(context);
  await runTraining(folder);
  const again = await runTraining(folder, { resumeFrom: await last(folder) });
  assert.deepEqual([again.reason, again.epochs], ['finished', 2]);
  assertSameTensors(again.tensors, whole.tensors);
});

test('any choice of terms trains', async (context) => {
  const folder = await temporaryFolder(context);
  const { classification, instance, relation, embedding, schedule } = tinySettings();
  for (let choice = 1; choice < 16; choice++) {
    const isOn = (bit: number): boolean => (choice & bit) !== 0;
    const settings = tinySettings({
      classification: { ...classification, isOn: isOn(1) },
      instance: { ...instance, isOn: isOn(2) },
      relation: { ...relation, isOn: isOn(4) },
      embedding: { ...embedding, isOn: isOn(8) },
      schedule: { ...schedule, epochs: 1, batchSize: 24 },
    });
    const mined = isOn(4) ? data.mined : null;
    const { events } = await runTraining(folder, { settings, data: { ...data, mined } });
    const [{ averages }] = epochsOf(events);
    const names = ['classification', 'instance', 'relation', 'embedding'].filter((_, bit) => isOn(1 << bit));
    assert.deepEqual(Object.keys(averages).sort(), ['gradientNorm', 'total', ...names].sort());
  }
});

test('faces without a partner take no part in the relation term; without any, it alone is refused', async (context) => {
  const folder = await temporaryFolder(context);
  const lonely: TrainingData = {
    ...data,
    mined: data.mined && {
      ...data.mined,
      positives: { offsets: new Int32Array(data.labels.length + 1), indices: new Int32Array(0) },
    },
  };
  const { events } = await runTraining(folder, { data: lonely });
  assert.equal('relation' in epochsOf(events)[0].averages, false);
  const { classification, instance, embedding } = tinySettings();
  const settings = tinySettings({
    classification: { ...classification, isOn: false },
    instance: { ...instance, isOn: false },
    embedding: { ...embedding, isOn: false },
  });
  await assert.rejects(runTraining(folder, { data: lonely, settings }), { code: 'bad-dataset' });
});
