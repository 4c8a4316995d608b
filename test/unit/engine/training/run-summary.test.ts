// What is told of a run in every state that it may be in.

import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { describeRun, describeState } from '../../../../src-main/cli/run-lines.ts';
import { saveNetwork } from '../../../../src-main/engine/models/student-file.ts';
import { checkpointPath, saveCheckpoint } from '../../../../src-main/engine/training/checkpoint.ts';
import { RunFolder } from '../../../../src-main/engine/training/run-folder.ts';
import { overviewOf, reportOf } from '../../../../src-main/engine/training/run-summary.ts';
import { epochRow, exampleConfig, stepEvent } from '../../../support/example-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function startedRun(context: TestContext): Promise<RunFolder> {
  const run = new RunFolder(join(await temporaryFolder(context), 'first'));
  await run.create(exampleConfig());
  return run;
}

async function saveCheckpointAt(run: RunFolder, epoch: number, step: number): Promise<string> {
  const path = checkpointPath(run.path, 'last');
  const header = {
    version: 1,
    settings: exampleConfig().settings,
    position: { epoch, step },
    classes: 4,
    dataFingerprint: 'f0',
    teacherDigest: 'd0',
    partition: null,
    best: null,
    validationsWithoutGain: 0,
    sums: { epoch: {}, group: {} },
  } as const;
  await saveCheckpoint(path, {
    header,
    tensors: new Map([['a', { shape: [1], values: Float32Array.of(1) }]]),
  });
  return path;
}

test('just started: starts over when resumed', async (context) => {
  const run = await startedRun(context);
  const report = await reportOf(run);
  assert.deepEqual(
    [report.name, report.epochs, report.epochsPlanned, report.finished, report.resumable, report.checkpoint],
    ['first', 0, 3, false, true, null],
  );
  assert.equal(describeState(report), 'started');
  assert.match(
    describeRun(report, 'glimpse train --resume --run first'),
    /go on with +glimpse train --resume/,
  );
});

test('killed in mid-epoch: goes on from the checkpoint', async (context) => {
  const run = await startedRun(context);
  await run.append(epochRow(0, 0.5));
  await run.append(epochRow(1, 0.4));
  await run.append(stepEvent(2, 10));
  const path = await saveCheckpointAt(run, 2, 5);
  const report = await reportOf(run);
  assert.deepEqual(report.checkpoint, { path, epoch: 2, step: 5 });
  assert.deepEqual([report.resumable, report.stopReason], [true, null]);
  assert.deepEqual(report.lastValidation, { score: 0.4, lrLr: 0.4, lrHr: 0.4 });
  assert.deepEqual(report.best, { epoch: 0, score: 0.5 });
  assert.equal(describeState(report), 'running or killed');
  const text = describeRun(report, '');
  assert.match(text, /checkpoint +in epoch 3, after step 5 \(/);
  assert.match(text, /validation +LR-LR 40\.00 %, LR-HR 40\.00 %; best mean 50\.00 % after epoch 1/);
  assert.match(
    text,
    /^\| 1 +\| +10\.000 \| +10\.000 \| +1\.0 \| 0\.050 \| +100 \| +1 \| 50\.00 % \| 50\.00 % \|$/m,
  );
});

test('a damaged checkpoint is told, not thrown', async (context) => {
  const run = await startedRun(context);
  for (const epoch of [0, 1]) await run.append(epochRow(epoch));
  const path = await saveCheckpointAt(run, 2, 0);
  await truncate(path, 100);
  const report = await reportOf(run);
  assert.deepEqual([report.checkpoint, report.resumable, report.problems.length], [null, false, 1]);
  assert.match(report.problems[0], /last\.glimpse is not a usable checkpoint file: it is cut off/);
  assert.match(describeRun(report, ''), /problem +.*last\.glimpse is not a usable checkpoint file/);
});

test('states in words', async (context) => {
  const run = await startedRun(context);
  await run.append(epochRow(0, 0.5));
  for (const [reason, expected] of [
    ['cancelled', 'interrupted'],
    ['not-finite', 'stopped: loss not finite'],
    ['finished', 'running or killed'],
  ] as const) {
    await run.append({ kind: 'stopped', reason, epochs: 1 });
    assert.equal(describeState(await overviewOf(run)), expected, 'without a network');
  }
  await writeFile(run.networkPath, 'any');
  assert.equal(describeState(await overviewOf(run)), 'finished');
  await run.append({ kind: 'stopped', reason: 'no-gain', epochs: 1 });
  assert.equal(describeState(await overviewOf(run)), 'finished early, no gain');
});

test('a network file that does not fit its card is told', async (context) => {
  const run = await startedRun(context);
  const { settings, data } = exampleConfig();
  await saveNetwork(run.networkPath, {
    card: {
      name: 'first',
      role: 'student',
      spec: settings.network,
      trainedOn: data,
      teacherDigest: 'd0',
      teacherName: 'tiny',
      epochs: 3,
      seed: 1,
      createdAt: '2026-01-02T03:04:05.000Z',
    },
    parameters: new Map(),
    statistics: new Map(),
  });
  const report = await reportOf(run);
  assert.deepEqual([report.finished, report.resumable, report.card], [true, false, null]);
  assert.match(report.problems[0], /network\.glimpse: stem\.weights is absent, expected 3×3×3×64$/);
});
