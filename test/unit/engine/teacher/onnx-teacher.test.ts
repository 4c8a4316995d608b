import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sha256OfFile } from '../../../../src-main/common/files.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { DEFAULT_TEACHER, defaultModelFolder } from '../../../../src-main/engine/teacher/default-teacher.ts';
import { openOnnxTeacher, type Teacher } from '../../../../src-main/engine/teacher/onnx-teacher.ts';
import { embeddingKey, type TeacherCard } from '../../../../src-main/engine/teacher/teacher-card.ts';
import type { RgbImage } from '../../../../src-main/imaging/image.ts';
import { assertClose } from '../../../support/close.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyTeacher } from '../../../support/tiny-teacher.ts';

const CARD: TeacherCard = {
  version: 1,
  name: 'tiny',
  digest: '0123456789abcdef'.repeat(4),
  source: 'made',
  licence: 'MIT',
  inputName: 'input',
  outputName: 'embedding',
  inputSizePx: 112,
  channelOrder: 'rgb',
  pixelMean: 127.5,
  pixelScale: 128,
  embeddingSize: 32,
  batchSize: 1,
  isBatchFixed: true,
};

function noise(seed: number, sizePx = 112): RgbImage {
  const rng = Rng.seeded(seed);
  return {
    width: sizePx,
    height: sizePx,
    data: Uint8Array.from({ length: sizePx ** 2 * 3 }, () => rng.int(256)),
  };
}

async function openTiny(
  context: TestContext,
  batch: number | string,
  changes: Partial<TeacherCard>,
): Promise<{ teacher: Teacher; modelPath: string }> {
  const modelPath = join(await temporaryFolder(context), 'tiny.onnx');
  await writeFile(modelPath, tinyTeacher({ batch }));
  const teacher = await openOnnxTeacher(modelPath, { ...CARD, ...changes });
  context.after(() => teacher.dispose());
  return { teacher, modelPath };
}

test('the default teacher: its file, unit embeddings, the same for one face and many', async (context) => {
  const folder = defaultModelFolder();
  assert.ok(folder !== null, 'the package of the default teacher is a dependency');
  const modelPath = join(folder, 'fr_feature.onnx');
  assert.equal(await sha256OfFile(modelPath), DEFAULT_TEACHER.digest);
  const teacher = await openOnnxTeacher(modelPath, DEFAULT_TEACHER);
  context.after(() => teacher.dispose());
  const faces = [1, 2, 3, 4, 5].map((seed) => noise(seed));
  const together = await teacher.embed(faces);
  const again = await teacher.embed(faces);
  for (const [at, face] of faces.entries()) {
    assert.equal(together[at].length, 512);
    assertClose([Math.hypot(...together[at])], [1], 1e-5, 'length');
    assert.deepEqual(again[at], together[at]);
    assert.deepEqual((await teacher.embed([face]))[0], together[at]);
  }
  assert.notDeepEqual(together[0], together[1]);
  assert.deepEqual(await teacher.embed([]), []);
});

test('pixels enter as (value − mean) / scale, in planes, in the card’s channel order', async (context) => {
  const face = noise(1);
  for (const channelOrder of ['rgb', 'bgr'] as const) {
    const { teacher, modelPath } = await openTiny(context, 1, {
      channelOrder,
      pixelMean: 100,
      pixelScale: 50,
    });
    const [embedding] = await teacher.embed([face]);
    const plane = 112 * 112;
    const input = Float32Array.from({ length: 3 * plane }, (_, at) => {
      const channel = channelOrder === 'rgb' ? Math.floor(at / plane) : 2 - Math.floor(at / plane);
      return (face.data[(at % plane) * 3 + channel] - 100) / 50;
    });
    const session = await InferenceSession.create(modelPath);
    const output = await session.run({ input: new Tensor('float32', input, [1, 3, 112, 112]) });
    const values = output.embedding.data as Float32Array;
    await session.release();
    const length = Math.hypot(...values);
    assertClose(
      embedding,
      Array.from(values, (value) => value / length),
      1e-5,
      channelOrder,
    );
  }
});

test('any number of faces goes through a batch that the file fixes, or leaves free', async (context) => {
  const { teacher: single } = await openTiny(context, 1, {});
  const faces = Array.from({ length: 7 }, (_, seed) => noise(seed));
  const expected = await single.embed(faces);
  for (const [batch, isBatchFixed] of [
    [4, true],
    ['N', false],
  ] as const) {
    const { teacher } = await openTiny(context, batch, { batchSize: 4, isBatchFixed });
    for (const count of [1, 4, 7]) {
      const rows = await teacher.embed(faces.slice(0, count));
      assert.equal(rows.length, count);
      rows.forEach((row, at) => {
        assertClose(row, expected[at], 1e-5, `batch ${batch}, face ${at} of ${count}`);
      });
    }
  }
});

test('faces of another size are resampled to the model’s', async (context) => {
  const { teacher } = await openTiny(context, 1, {});
  const flat = (sizePx: number): RgbImage => ({
    ...noise(1, sizePx),
    data: new Uint8Array(sizePx ** 2 * 3).fill(90),
  });
  const [small, right] = await teacher.embed([flat(20), flat(112)]);
  assertClose(small, right, 1e-6);
});

test('a file that onnxruntime cannot open is bad-model with its path', async (context) => {
  const modelPath = join(await temporaryFolder(context), 'broken.onnx');
  await writeFile(modelPath, tinyTeacher().subarray(0, 3000));
  await assert.rejects(openOnnxTeacher(modelPath, CARD), {
    code: 'bad-model',
    message: /onnxruntime cannot run .*broken\.onnx: /,
  });
});

test('a call that fails is bad-model; a teacher that is disposed of answers no one for ever', async (context) => {
  const { teacher } = await openTiny(context, 1, { inputSizePx: 64 });
  await assert.rejects(teacher.embed([noise(1)]), { code: 'bad-model', message: /cannot run .*tiny\.onnx/ });
  const { teacher: other } = await openTiny(context, 1, {});
  const running = other.embed(Array.from({ length: 50 }, (_, seed) => noise(seed)));
  const ended = assert.rejects(running, /the thread that runs .*tiny\.onnx has ended/);
  await other.dispose();
  await ended;
  await assert.rejects(other.embed([noise(1)]), /has ended/);
});

test('what is kept of embeddings goes by the model and by how pixels enter it', () => {
  assert.equal(embeddingKey(CARD), '0123456789abcdef-rgb-127.5-128');
  const keys = [
    CARD,
    { ...CARD, channelOrder: 'bgr' as const },
    { ...CARD, pixelMean: 127 },
    { ...CARD, pixelScale: 1 },
  ];
  assert.equal(new Set(keys.map(embeddingKey)).size, keys.length);
});
