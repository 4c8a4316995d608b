import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sha256OfFile } from '../../../../src-main/common/files.ts';
import { DEFAULT_TEACHER } from '../../../../src-main/engine/teacher/default-teacher.ts';
import { probeTeacher, type TeacherChoices } from '../../../../src-main/engine/teacher/probe-teacher.ts';
import {
  findTeacher,
  importTeacher,
  listTeachers,
  type TeacherImport,
} from '../../../../src-main/engine/teacher/teacher-store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { type TinyTeacherShape, tinyTeacher } from '../../../support/tiny-teacher.ts';

const CHOICES: TeacherChoices = { channelOrder: 'rgb', pixelMean: 127.5, pixelScale: 127.5 };

async function writeModel(context: TestContext, bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(context), 'some model.onnx');
  await writeFile(path, bytes);
  return path;
}

for (const [what, shape, expected] of [
  ['batch 1', {}, { inputSizePx: 112, batchSize: 1, isBatchFixed: true }],
  ['batch 8', { batch: 8 }, { inputSizePx: 112, batchSize: 8, isBatchFixed: true }],
  ['a free batch', { batch: 'N' }, { inputSizePx: 112, batchSize: 4, isBatchFixed: false }],
  ['128 px', { width: 128, height: 128 }, { inputSizePx: 128, batchSize: 1, isBatchFixed: true }],
  ['free sides of two names', { sides: ['h', 'w'] }, { inputSizePx: 112, batchSize: 1, isBatchFixed: true }],
  [
    'one free side',
    { width: 96, height: 96, sides: ['h', 96] },
    { inputSizePx: 96, batchSize: 1, isBatchFixed: true },
  ],
] as const satisfies readonly (readonly [string, Partial<TinyTeacherShape>, object])[]) {
  test(`a model with ${what} is accepted`, async (context) => {
    const path = await writeModel(context, tinyTeacher(shape));
    const probe = await probeTeacher(path, CHOICES);
    assert.deepEqual(probe, {
      ...CHOICES,
      inputName: 'input',
      outputName: 'embedding',
      embeddingSize: 32,
      ...expected,
    });
  });
}

for (const [what, shape, message] of [
  [
    'one channel',
    { channels: 1 },
    /its input is float32 \[1, 1, 112, 112\], expected float32 \[batch, 3, size, size\]/,
  ],
  ['a side that differs', { height: 96 }, /its input float32 \[1, 3, 96, 112\] is not square/],
  [
    'a tiny embedding',
    { embeddingSize: 16 },
    /its output has 16 numbers for 1 faces, expected an embedding of 32 to 4096/,
  ],
  ['a huge embedding', { embeddingSize: 5000 }, /its output has 5000 numbers/],
  ['a constant output', { isConstant: true }, /its output does not depend on the image/],
  ['an output that is not finite', { weight: Number.NaN }, /holds numbers that are not finite/],
  [
    'an output of the whole batch',
    { batch: 2, isBatchJoined: true },
    /output is \[1, 64\] for 2 faces, expected \[2, embedding\]/,
  ],
] as const satisfies readonly (readonly [string, Partial<TinyTeacherShape>, RegExp])[]) {
  test(`a model with ${what} is refused in one sentence`, async (context) => {
    const path = await writeModel(context, tinyTeacher(shape));
    await assert.rejects(probeTeacher(path, CHOICES), (error: Error & { code: string }) => {
      assert.equal(error.code, 'bad-model');
      assert.match(error.message, /some model\.onnx cannot be a teacher: /);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

test('a truncated file and one that is no model are refused', async (context) => {
  const whole = tinyTeacher();
  for (const bytes of [whole.subarray(0, whole.length >> 1), Buffer.from('hello'), Buffer.alloc(0)]) {
    const path = await writeModel(context, bytes);
    await assert.rejects(probeTeacher(path, CHOICES), {
      code: 'bad-model',
      message: /^[^\n]*some model\.onnx cannot be a teacher: onnxruntime cannot read it[^\n]*$/,
    });
  }
});

function request(modelPath: string, changes: Partial<TeacherImport> = {}): TeacherImport {
  return { ...CHOICES, modelPath, name: 'mine', licence: 'MIT', ...changes };
}

test('an imported teacher is copied, carded, listed after the default one, and found', async (context) => {
  const home = await temporaryFolder(context);
  const modelPath = await writeModel(context, tinyTeacher());
  const imported = await importTeacher(home, request(modelPath));
  assert.equal(imported.card.digest, await sha256OfFile(modelPath));
  assert.equal(await sha256OfFile(imported.modelPath), imported.card.digest);
  assert.deepEqual(
    [imported.card.source, imported.card.licence, imported.isDefault],
    [modelPath, 'MIT', false],
  );
  const names = (await listTeachers(home)).map(({ card }) => card.name);
  assert.deepEqual(names, [DEFAULT_TEACHER.name, 'mine']);
  assert.deepEqual(await findTeacher(home, 'mine'), imported);
  assert.equal((await findTeacher(home, DEFAULT_TEACHER.name)).isDefault, true);
});

test('names that are taken or malformed, and absent files, are refused; nothing is left behind', async (context) => {
  const home = await temporaryFolder(context);
  const modelPath = await writeModel(context, tinyTeacher());
  await importTeacher(home, request(modelPath));
  for (const name of ['mine', DEFAULT_TEACHER.name]) {
    const taken = { code: 'bad-usage', message: new RegExp(`a teacher named ${name} already`) };
    await assert.rejects(importTeacher(home, request(modelPath, { name })), taken);
  }
  for (const name of ['', '../x', 'A', '.hidden', 'a b'])
    await assert.rejects(importTeacher(home, request(modelPath, { name })), { code: 'bad-usage' });
  const absent = join(home, 'none.onnx');
  await assert.rejects(importTeacher(home, request(absent, { name: 'other' })), {
    code: 'not-found',
    message: /none\.onnx/,
  });
  const bad = await writeModel(context, tinyTeacher({ channels: 1 }));
  await assert.rejects(importTeacher(home, request(bad, { name: 'bad' })), { code: 'bad-model' });
  assert.deepEqual(await readdir(join(home, 'teachers')), ['mine']);
  await assert.rejects(findTeacher(home, 'bad'), {
    code: 'not-found',
    message: /no teacher named bad \(there are: faceplugin, mine\)/,
  });
});

test('a model that has changed since it was imported is refused', async (context) => {
  const home = await temporaryFolder(context);
  const { modelPath } = await importTeacher(home, request(await writeModel(context, tinyTeacher())));
  await appendFile(modelPath, 'x');
  await assert.rejects(findTeacher(home, 'mine'), {
    code: 'bad-model',
    message: /model\.onnx has changed since it was imported/,
  });
});

test('what a killed import leaves behind is no teacher', async (context) => {
  const home = await temporaryFolder(context);
  const folder = join(home, 'teachers', '.mine.123.tmp');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'card.json'), '{}');
  assert.equal((await listTeachers(home)).length, 1);
});
