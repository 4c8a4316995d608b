// A teacher of one's own: trained from faces alone, exported, imported, and learned from. And what early stop keeps.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadNetwork } from '../../src-main/engine/models/student-file.ts';
import { glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { trainingBench, trainWords } from '../support/training-bench.ts';

test('an IResNet-50 is trained without a teacher, and a student learns from it', async (context) => {
  const bench = await trainingBench(context);
  const options = { home: bench.home };
  const small = ['--width', '0.03125', '--epochs', '1', '--batch', '8'];
  const trained = (await glimpseJson(
    [
      'train',
      '--data',
      bench.faces,
      '--validate',
      bench.lfw,
      '--run',
      'own',
      '--preset',
      'teacher',
      ...small,
    ],
    options,
  )) as { final: { lrLr: number; lrHr: number | null }; networkPath: string };
  assert.equal(trained.final.lrHr, null, 'there is no other network for the full-resolution side');
  const { card } = await loadNetwork(trained.networkPath);
  assert.deepEqual([card.role, card.spec.depth, card.spec.resolutionPx], ['teacher', 50, 112]);
  assert.deepEqual([card.teacherName, card.teacherDigest], [null, null]);

  const model = join(bench.folder, 'own.onnx');
  await glimpseJson(['export', 'own', '--out', model], options);
  const taught = ['--licence', 'own', '--channels', 'rgb', '--mean', '127.5', '--scale', '127.5'];
  await glimpseJson(['teacher', 'import', model, '--name', 'own', ...taught], options);
  const words = [
    'train',
    '--data',
    bench.faces,
    '--validate',
    bench.lfw,
    '--run',
    'student',
    '--teacher',
    'own',
  ];
  const student = (await glimpseJson([...words, '--views', '1', '--negatives', '8', ...small], options)) as {
    final: { lrHr: number | null };
  };
  assert.ok(student.final.lrHr !== null);
});

test('a term that needs a teacher asks for one', async (context) => {
  const bench = await trainingBench(context);
  const words = ['train', '--data', bench.faces, '--run', 'a', '--preset', 'teacher', '--terms', 'cls,emb'];
  const message = await glimpseFailure(
    [...words, '--teacher', 'nobody'],
    { home: bench.home },
    {
      code: 'not-found',
      exitCode: 1,
    },
  );
  assert.match(message, /no teacher named nobody/);
});

test('early stop keeps the weights of the best validation', async (context) => {
  const bench = await trainingBench(context);
  // At so high a rate nothing is gained after the first epochs.
  const words = [...trainWords(bench, 'short'), '--patience', '1', '--learning-rate', '3'];
  const epochs = words.indexOf('--epochs');
  words[epochs + 1] = '12';
  const result = (await glimpseJson(words, { home: bench.home })) as {
    reason: string;
    epochs: number;
    networkPath: string;
  };
  assert.equal(result.reason, 'no-gain');
  const { card } = await loadNetwork(result.networkPath);
  assert.equal(card.epochs, result.epochs - 1);
});
