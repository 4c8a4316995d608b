// A run's folder: one run each, and a log that kills and resumes do not spoil.

import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findRun, listRuns, RunFolder, runNames } from '../../../../src-main/engine/training/run-folder.ts';
import { epochRow, exampleConfig, stepEvent } from '../../../support/example-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a run is created once and read back', async (context) => {
  const run = new RunFolder(join(await temporaryFolder(context), 'deep', 'first'));
  run.refuseExisting();
  await run.create(exampleConfig());
  assert.deepEqual(await run.readConfig(), exampleConfig());
  const taken = { code: 'bad-usage', message: /deep\/first already holds a run/ };
  assert.throws(() => run.refuseExisting(), taken);
  await assert.rejects(run.create(exampleConfig()), taken);
});

test('a folder without a run, and a config that is none', async (context) => {
  const run = new RunFolder(await temporaryFolder(context));
  await assert.rejects(run.readConfig(), { code: 'not-found', message: /holds no training run/ });
  for (const [text, message] of [
    ['{"version":1', /config\.json is not valid JSON/],
    [
      '{"version":2,"settings":{"version":1}}',
      /config\.json is not a run that this Glimpse can read \(version 2/,
    ],
    ['{"version":1}', /config\.json is not a run/],
    ['[]', /config\.json is not a run/],
  ] as const) {
    await writeFile(run.configPath, text);
    await assert.rejects(run.readConfig(), { code: 'bad-data', message });
  }
});

test('the log gives the newest row of each epoch, whatever was resumed', async (context) => {
  const run = new RunFolder(await temporaryFolder(context));
  assert.deepEqual(await run.readMetrics(), { epochs: [], stopReason: null });
  for (const event of [
    epochRow(0),
    epochRow(1, 0.5, 7),
    { kind: 'stopped', reason: 'cancelled', epochs: 2 } as const,
    // Resumed from the first epoch's checkpoint, and once more.
    epochRow(1, 0.6, 6),
    stepEvent(2, 10),
    epochRow(1, 0.7, 5),
  ]) {
    await run.append(event);
  }
  assert.deepEqual(await run.readMetrics(), { epochs: [epochRow(0), epochRow(1, 0.7, 5)], stopReason: null });
  await run.append({ kind: 'stopped', reason: 'no-gain', epochs: 2 });
  assert.equal((await run.readMetrics()).stopReason, 'no-gain');
});

test('a line that a kill cut off costs itself only', async (context) => {
  const run = new RunFolder(await temporaryFolder(context));
  await run.mendMetrics();
  await run.append(epochRow(0));
  const whole = await readFile(run.metricsPath, 'utf8');
  await run.mendMetrics();
  assert.equal(await readFile(run.metricsPath, 'utf8'), whole, 'a whole log stays as it is');
  await appendFile(run.metricsPath, '{"kind":"epoch","epoch":1,"learn');
  assert.deepEqual(await run.readEpochs(), [epochRow(0)]);
  await run.mendMetrics();
  await run.append(epochRow(1, 0.9));
  assert.deepEqual(await run.readEpochs(), [epochRow(0), epochRow(1, 0.9)]);
});

test('runs are found by name and by folder', async (context) => {
  const home = await temporaryFolder(context);
  assert.deepEqual(await listRuns(home), []);
  assert.equal(await runNames(home), 'none');
  for (const name of ['second', 'first']) {
    await new RunFolder(join(home, 'runs', name)).create(exampleConfig());
  }
  await mkdir(join(home, 'runs', 'no-run'));
  assert.equal(await runNames(home), 'first, second');
  const elsewhere = new RunFolder(join(home, 'elsewhere', 'third'));
  await elsewhere.create(exampleConfig());
  assert.equal(findRun('first', home, '/')?.path, join(home, 'runs', 'first'));
  assert.equal(findRun('elsewhere/third', home, home)?.path, elsewhere.path);
  assert.equal(findRun(elsewhere.path, home, '/')?.path, elsewhere.path);
  for (const absent of ['no-run', 'third', '']) assert.equal(findRun(absent, home, home), null, absent);
});
