// Training that is stopped, killed, out of disk or damaged, and how it goes on: as if nothing had happened.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, watch } from 'node:fs';
import { appendFile, copyFile, mkdir, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadNetwork } from '../../src-main/engine/models/student-file.ts';
import { type EpochRow, RunFolder } from '../../src-main/engine/training/run-folder.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { type TrainingBench, trainingBench, trainWords } from '../support/training-bench.ts';

function runOf(bench: TrainingBench, name: string): RunFolder {
  return new RunFolder(join(bench.home, 'runs', name));
}

/** Signals the process once the run's log says that it is in the midst of its second epoch of three. */
async function signalInSecondEpoch(
  test: TestContext,
  run: RunFolder,
  signal: NodeJS.Signals,
): Promise<(child: ChildProcess) => void> {
  await mkdir(run.path, { recursive: true });
  return (child) => {
    const watcher = watch(run.path, (_, name) => {
      if (name !== 'metrics.jsonl') return;
      if (!/"kind":"step","epoch":1,/.test(readFileSync(run.metricsPath, 'utf8'))) return;
      watcher.close();
      child.kill(signal);
    });
    test.after(() => watcher.close());
  };
}

/** What must not depend on interruptions; times and memory may. */
async function resultOf(run: RunFolder) {
  const epochs = (await run.readEpochs()).map(({ epoch, learningRate, averages, validation }: EpochRow) => {
    return { epoch, learningRate, averages, validation };
  });
  const { parameters, statistics, card } = await loadNetwork(run.networkPath);
  return { epochs, parameters, statistics, trainedEpochs: card.epochs };
}

test('a training stopped anywhere ends as one that was not', async (context) => {
  const bench = await trainingBench(context);
  const options = { home: bench.home };
  await glimpseJson(trainWords(bench, 'whole'), options);
  const whole = await resultOf(runOf(bench, 'whole'));
  assert.equal(whole.epochs.length, 3);

  const stopped = runOf(bench, 'stopped');
  const last = join(stopped.path, 'checkpoints', 'last.glimpse');
  await context.test('Ctrl-C saves a checkpoint, says how to go on and exits with 1', async (inner) => {
    const onStart = await signalInSecondEpoch(inner, stopped, 'SIGINT');
    const message = await glimpseFailure(
      trainWords(bench, 'stopped'),
      { ...options, onStart },
      { code: 'cancelled' },
    );
    // On a busy machine the second epoch may have ended before the signal came.
    assert.match(
      message,
      /^stopped after (1 whole epoch|2 whole epochs), checkpoint saved: go on with `glimpse train --resume --run stopped`$/,
    );
    const report = await glimpseJson(['runs', 'show', 'stopped'], options);
    assert.deepEqual([report.finished, report.resumable, report.stopReason], [false, true, 'cancelled']);
    const { epoch, step } = report.checkpoint as { epoch: number; step: number };
    assert.ok((epoch === 1 && step >= 10) || epoch === 2, `checkpoint at ${epoch}, ${step}`);
  });

  await context.test('a student that has not finished is refused, with the mend', async () => {
    const words = ['export', 'stopped', '--out', join(bench.folder, 'x.onnx')];
    const message = await glimpseFailure(words, options, { code: 'not-found' });
    assert.match(message, /^run stopped has not finished training: go on with `glimpse train --resume/);
  });

  const resume = ['train', '--resume', '--run', 'stopped'];
  await context.test('a checkpoint cut in half is named, the other one stays', async () => {
    const kept = join(bench.folder, 'kept.glimpse');
    const best = join(stopped.path, 'checkpoints', 'best.glimpse');
    const bestBytes = await readFile(best);
    await copyFile(last, kept);
    await truncate(last, Math.floor((await readFile(last)).length / 2));
    const message = await glimpseFailure(resume, options, { code: 'bad-checkpoint' });
    assert.equal(
      message,
      `${last} is not a usable checkpoint file: it is cut off or damaged (checksum differs)`,
    );
    assert.deepEqual(await readFile(best), bestBytes);
    const shown = await glimpse(['runs', 'show', 'stopped'], options);
    assert.match(shown.out, /checkpoint +none\n(.*\n)* +problem +.*last\.glimpse is not a usable checkpoint/);
    await copyFile(kept, last);
  });

  await context.test('a full disk leaves the last checkpoint as it was', async () => {
    const before = await readFile(last);
    const message = await glimpseFailure(resume, { ...options, largestFileKib: 300 }, { code: 'disk-full' });
    assert.match(message, /^no space left to write .*last\.glimpse \(EFBIG\)/);
    assert.deepEqual(await readFile(last), before);
    assert.deepEqual(await readdir(join(stopped.path, 'checkpoints')), ['best.glimpse', 'last.glimpse']);
  });

  await context.test('--resume takes no settings, but those of the run', async () => {
    const words = [...resume, '--epochs', '9'];
    const message = await glimpseFailure(words, options, { code: 'bad-usage', exitCode: 2 });
    assert.match(message, /'--resume' cannot be used with option '--epochs <count>'/);
  });

  await context.test('--resume finishes with the numbers of an uninterrupted run', async () => {
    const { epochs, final } = await glimpseJson(resume, options);
    assert.equal(epochs, 3);
    assert.deepEqual(final, whole.epochs[2].validation);
    assert.deepEqual(await resultOf(stopped), whole);
  });

  await context.test('so does a run killed in mid-epoch, its log cut in mid-line', async (inner) => {
    const killed = runOf(bench, 'killed');
    const onStart = await signalInSecondEpoch(inner, killed, 'SIGKILL');
    const { signal } = await glimpse(trainWords(bench, 'killed'), { ...options, onStart });
    assert.equal(signal, 'SIGKILL');
    await appendFile(killed.metricsPath, '{"kind":"epoch","epoch":1,"lear');
    const report = await glimpseJson(['runs', 'show', 'killed'], options);
    assert.ok(report.epochs === 1 || report.epochs === 2, `${report.epochs} epochs`);
    assert.deepEqual([report.finished, report.resumable, report.stopReason], [false, true, null]);
    await glimpseJson(['train', '--resume', '--run', 'killed'], options);
    assert.deepEqual(await resultOf(killed), whole);
  });
});
