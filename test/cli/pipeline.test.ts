// The way through the command line: train, look, adapt, verify, export, each in a process of its own.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { trainingBench, trainWords } from '../support/training-bench.ts';

const VERIFY_KEYS = [
  ...['pairs', 'scenario', 'resolution', 'accuracy', 'accuracyStandardError'],
  ...['bestThresholdAccuracy', 'auc', 'eer'],
];

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function checkVerification(result: Record<string, unknown>, scenario: string): void {
  for (const key of VERIFY_KEYS) assert.ok(key in result, `${key} in ${Object.keys(result)}`);
  assert.deepEqual([result.scenario, result.resolution, result.pairs], [scenario, 16, 16]);
  for (const key of ['accuracy', 'bestThresholdAccuracy', 'auc', 'eer']) {
    assert.ok(isShare(result[key]), `${key} ${result[key]}`);
  }
}

test('train, runs, adapt, verify, export', async (context) => {
  const bench = await trainingBench(context);
  const options = { home: bench.home };
  const runDir = join(bench.home, 'runs', 'small');

  await context.test('train makes a run and reports it, without an image that is cut off', async () => {
    const cut = join(bench.faces, 'person-03', '6.png');
    await copyFile(join(bench.faces, 'person-03', '5.png'), cut);
    await truncate(cut, 3000);
    const { code, out, err } = await glimpse([...trainWords(bench, 'small'), '--json'], options);
    assert.equal(code, 0, err);
    assert.match(err, /^1 of 85 images left out: person-03\/6\.png cannot be decoded/m);
    const result = JSON.parse(out) as Record<string, unknown>;
    assert.equal(result.skipped, 1);
    assert.deepEqual([result.runDir, result.epochs, result.reason], [runDir, 3, 'finished']);
    assert.ok(Number(result.imagesPerSecond) > 0);
    const { lrLr, lrHr, score } = result.final as Record<string, number>;
    assert.ok([lrLr, lrHr, score].every(isShare), JSON.stringify(result.final));
    assert.ok(existsSync(String(result.networkPath)));
  });

  await context.test('a run is not overwritten', async () => {
    const message = await glimpseFailure(trainWords(bench, 'small'), options, {
      code: 'bad-usage',
      exitCode: 2,
    });
    assert.match(message, /runs\/small already holds a run: go on with --resume, or choose another --run/);
  });

  await context.test('runs list and runs show tell what it is', async () => {
    const { runs } = (await glimpseJson(['runs', 'list'], options)) as { runs: Record<string, unknown>[] };
    assert.equal(runs.length, 1);
    const { name, epochs, epochsPlanned, finished, teacher } = runs[0];
    assert.deepEqual([name, epochs, epochsPlanned, finished, teacher], ['small', 3, 3, true, 'tiny']);
    const shown = await glimpse(['runs', 'show', 'small'], options);
    assert.equal(shown.code, 0, shown.err);
    assert.match(shown.out, /architecture +IResNet-18, 16 px, width 0\.0625, 32 dimensions/);
    assert.match(shown.out, /faces .*: 84 images, 14 identities/);
    assert.match(shown.out, /state +finished, 3 of 3 epochs/);
    assert.match(shown.out, /network +small, student/);
    assert.equal(shown.out.match(/^\| [123] +\|/gm)?.length, 3, 'a row per epoch');
  });

  const profile = join(bench.folder, 'profile.glimpse');
  await context.test('adapt saves a profile', async () => {
    const words = ['adapt', '--model', 'small', '--data', bench.lfw, '--out', profile, '--lambda', '1'];
    const result = await glimpseJson(words, options);
    assert.deepEqual([result.profile, result.faces, result.skipped], [profile, 16, []]);
    assert.ok(existsSync(profile));
  });

  await context.test('verify reports both scenarios with the profile', async () => {
    const words = ['verify', '--model', 'small', '--dataset', bench.lfw, '--profile', profile];
    const { results, model } = await glimpseJson(words, options);
    assert.equal(model, 'small');
    const [lrLr, lrHr] = results as Record<string, unknown>[];
    checkVerification(lrLr, 'lr-lr');
    checkVerification(lrHr, 'lr-hr');
  });

  await context.test('the numbers of one scenario stand at the top level too', async () => {
    const words = ['verify', '--model', 'small', '--dataset', bench.lfw, '--scenario', 'lr-hr'];
    const result = await glimpseJson(words, options);
    checkVerification(result, 'lr-hr');
    assert.equal((result.results as unknown[]).length, 1);
  });

  await context.test('verify measures the teacher on upsampled faces, as a table for people', async () => {
    const words = ['verify', '--model', 'teacher', '--teacher', 'tiny', '--dataset', bench.lfw];
    const { code, out, err } = await glimpse(words, options);
    assert.equal(code, 0, err);
    assert.match(out, /^tiny \(model_I\), 16 px, no adaptation/);
    assert.match(out, /^\| LR-LR \| +[\d.]+ ± [\d.]+ % \|/m);
    assert.match(out, /^\| LR-HR \| +[\d.]+ ± [\d.]+ % \|/m);
    assert.match(out, /^LR-LR TAR@FAR 1e−4: refused, .*there are 8$/m);
  });

  await context.test('the full-resolution side takes no other teacher', async () => {
    const words = ['verify', '--model', 'small', '--dataset', bench.lfw, '--teacher', 'faceplugin'];
    const message = await glimpseFailure(words, options, { code: 'bad-usage', exitCode: 2 });
    assert.match(message, /^small learned from teacher tiny .* faceplugin .* does not share/);
  });

  await context.test('export writes a model that onnxruntime reads', async () => {
    const file = join(bench.folder, 'small.onnx');
    const words = ['export', 'small', '--out', file, '--profile', profile];
    const result = await glimpseJson(words, options);
    assert.deepEqual([result.file, result.resolution, result.embeddingSize], [file, 16, 32]);
    assert.match(String(result.faceBnProfile), /^small-pooled-/);
    const session = await InferenceSession.create(file);
    assert.deepEqual(session.inputNames, ['input']);
    await session.release();
  });

  await context.test('adapt and verify leave out an image that is cut off, and name it', async () => {
    await truncate(join(bench.lfw, 'lfw', 'Person_5', 'Person_5_0001.png'), 3000);
    const adapted = await glimpseJson(['adapt', '--model', 'small', '--data', bench.lfw], options);
    assert.equal(adapted.faces, 15);
    const [skipped] = adapted.skipped as string[];
    assert.match(skipped, /Person_5_0001\.png cannot be decoded/);

    // It stands in Person_5's genuine pair and in the impostor pair with Person_6.
    const words = ['verify', '--model', 'teacher', '--teacher', 'tiny', '--dataset', bench.lfw];
    const verified = await glimpseJson([...words, '--scenario', 'lr-lr'], options);
    assert.equal(verified.pairs, 14);
    assert.match(String(verified.leftOut), /^2 of 16 pairs left out, .*Person_5\/Person_5_0001\.png/);
  });
});
