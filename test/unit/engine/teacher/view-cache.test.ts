import assert from 'node:assert/strict';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { normalise } from '../../../../src-main/common/matrix.ts';
import { type ProgressReport, ProgressToken } from '../../../../src-main/common/progress.ts';
import {
  type FaceDataset,
  fingerprintOf,
  listIdentityFolders,
} from '../../../../src-main/datasets/identity-folders.ts';
import { DEFAULT_TEACHER } from '../../../../src-main/engine/teacher/default-teacher.ts';
import type { Teacher } from '../../../../src-main/engine/teacher/onnx-teacher.ts';
import {
  ensureViews,
  readAlignedFace,
  type ViewRequest,
} from '../../../../src-main/engine/teacher/view-cache.ts';
import { mirror, type RgbImage } from '../../../../src-main/imaging/image.ts';
import { resizeBicubic } from '../../../../src-main/imaging/resample.ts';
import { DEFAULT_VIEW_RECIPE, renderView } from '../../../../src-main/imaging/views.ts';
import { makeIdentityFolders } from '../../../support/made-faces.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyPng } from '../../../support/tiny-png.ts';

const EMBEDDING_SIZE = 4;

/** A teacher that tells pictures apart by four of their pixels and counts what it is asked. */
class PixelTeacher implements Teacher {
  readonly card = { ...DEFAULT_TEACHER, embeddingSize: EMBEDDING_SIZE };
  asked = 0;

  static embedding({ data }: RgbImage): Float32Array {
    const picks = [0.1, 0.35, 0.6, 0.9].map((share) => data[Math.floor(share * data.length)] + 1);
    return normalise(Float32Array.from(picks));
  }

  async embed(faces: readonly RgbImage[]): Promise<Float32Array[]> {
    this.asked += faces.length;
    return faces.map(PixelTeacher.embedding);
  }

  async dispose(): Promise<void> {}
}

interface Given {
  readonly dataset: FaceDataset;
  readonly teacher: PixelTeacher;
  readonly request: ViewRequest;
  readonly folder: string;
}

async function setUp(context: TestContext): Promise<Given> {
  const root = await temporaryFolder(context);
  await makeIdentityFolders(join(root, 'faces'), { identities: 3, images: 2 });
  const dataset = await listIdentityFolders(join(root, 'faces'));
  const fingerprint = await fingerprintOf(dataset);
  const teacher = new PixelTeacher();
  const cacheFolder = join(root, 'cache');
  const folder = join(cacheFolder, `faces-${fingerprint.slice(0, 16)}`);
  const request = {
    dataset,
    fingerprint,
    teacher,
    recipe: DEFAULT_VIEW_RECIPE,
    teacherViews: 2,
    resolutionPx: 16,
    cacheFolder,
  };
  return { dataset, teacher, request, folder };
}

const SILENT = ProgressToken.silent();

test('each view: the teacher’s embedding of the full face and the same view degraded', async (context) => {
  const { dataset, request } = await setUp(context);
  const views = await ensureViews(request, SILENT);
  assert.equal(views.length, 3, 'plain, mirrored and V − 1 jittered');
  for (let face = 0; face < dataset.paths.length; face++) {
    const aligned = await readAlignedFace(dataset, face);
    const expected = [aligned, mirror(aligned), renderView(aligned, DEFAULT_VIEW_RECIPE, face, 2)];
    for (const [view, picture] of expected.entries()) {
      const { embeddings, pixels } = views[view];
      const row = embeddings.subarray(face * EMBEDDING_SIZE, (face + 1) * EMBEDDING_SIZE);
      assert.deepEqual([...row], [...PixelTeacher.embedding(picture)], `face ${face}, view ${view}`);
      const degraded = Buffer.from(pixels.subarray(face * 768, (face + 1) * 768));
      assert.deepEqual(
        degraded,
        Buffer.from(resizeBicubic(picture, 16, 16).data),
        `face ${face}, view ${view}`,
      );
    }
  }
});

test('views are made once; more of them, or another resolution, add to what is there', async (context) => {
  const { request, teacher, folder } = await setUp(context);
  const first = await ensureViews(request, SILENT);
  assert.equal(teacher.asked, 18);
  assert.deepEqual(await ensureViews(request, SILENT), first);
  assert.equal(teacher.asked, 18);
  const more = await ensureViews({ ...request, teacherViews: 3 }, SILENT);
  assert.equal(teacher.asked, 24);
  assert.deepEqual(more.slice(0, 3), first);
  const finer = await ensureViews({ ...request, resolutionPx: 32 }, SILENT);
  assert.equal(teacher.asked, 24, 'the teacher’s embeddings serve every resolution');
  assert.deepEqual(finer[2].embeddings, first[2].embeddings);
  assert.equal(finer[2].pixels.length, 6 * 32 * 32 * 3);
  await ensureViews({ ...request, recipe: { ...DEFAULT_VIEW_RECIPE, seed: 1 } }, SILENT);
  assert.equal(teacher.asked, 30, 'another recipe shares the plain views alone');
  assert.deepEqual((await readdir(folder)).sort(), [
    'pixels-16',
    'pixels-32',
    'teacher-87aacdfe57510db2-bgr-127-128',
  ]);
});

test('without a teacher there are pixels alone, the same ones', async (context) => {
  const { request, folder } = await setUp(context);
  const alone = await ensureViews({ ...request, teacher: null }, SILENT);
  assert.deepEqual(await readdir(folder), ['pixels-16']);
  assert.ok(alone.every(({ embeddings }) => embeddings.length === 0));
  const taught = await ensureViews(request, SILENT);
  assert.deepEqual(
    alone.map(({ pixels }) => pixels),
    taught.map(({ pixels }) => pixels),
  );
});

test('faces that no view can hold are refused before any work', async (context) => {
  const { request, dataset, teacher } = await setUp(context);
  const many = { ...dataset, paths: Array.from({ length: 57_100 }, () => dataset.paths[0]) };
  await assert.rejects(ensureViews({ ...request, dataset: many, resolutionPx: 112 }, SILENT), {
    code: 'unsupported',
    message: /57100 faces of 112×112 pixels are 2\.0 GiB a view/,
  });
  assert.equal(teacher.asked, 0);
});

test('the same file fed in another way has embeddings of its own', async (context) => {
  const { request } = await setUp(context);
  await ensureViews(request, SILENT);
  const other = new PixelTeacher();
  Object.assign(other, { card: { ...other.card, channelOrder: 'rgb' } });
  await ensureViews({ ...request, teacher: other }, SILENT);
  assert.equal(other.asked, 18);
});

test('a file that was cut off, embeddings or pixels, is made again', async (context) => {
  const { request, teacher, folder } = await setUp(context);
  const whole = await ensureViews(request, SILENT);
  const files = ['teacher-87aacdfe57510db2-bgr-127-128/plain-1.f32', 'pixels-16/plain-0.u8'];
  for (const [at, name] of files.entries()) {
    const path = join(folder, name);
    const bytes = await readFile(path);
    await truncate(path, bytes.length - 4);
    teacher.asked = 0;
    assert.deepEqual(await ensureViews(request, SILENT), whole);
    assert.deepEqual(await readFile(path), bytes);
    assert.equal(teacher.asked, at === 0 ? 6 : 0, 'the teacher is asked for what it said alone');
  }
});

test('a cancelled or failed making keeps whole views and goes on from there', async (context) => {
  const { request, teacher, folder } = await setUp(context);
  const controller = new AbortController();
  const stopping = new ProgressToken(() => {}, controller.signal);
  const { embed } = teacher;
  teacher.embed = (faces) => {
    controller.abort();
    return embed.call(teacher, faces);
  };
  await assert.rejects(ensureViews(request, stopping), { code: 'cancelled' });
  assert.deepEqual(await readdir(join(folder, 'pixels-16')), ['plain-0.u8']);
  assert.equal(teacher.asked, 6);
  const failing = new PixelTeacher();
  failing.embed = async () => {
    throw new Error('the teacher fails');
  };
  await assert.rejects(ensureViews({ ...request, teacher: failing }, SILENT), /the teacher fails/);
  const reports: ProgressReport[] = [];
  const token = new ProgressToken((report) => reports.push(report), new AbortController().signal);
  await ensureViews(request, token);
  assert.equal(teacher.asked, 18);
  assert.deepEqual([reports[0].done, reports[0].total, reports.at(-1)?.done], [6, 18, 18]);
});

test('a teacher that fails while faces are being read ends the making with its error', async (context) => {
  const { request, dataset } = await setUp(context);
  // More than one batch of faces, so that the failure comes while the next one is read.
  const many: FaceDataset = {
    ...dataset,
    paths: Array.from({ length: 150 }, (_, at) => dataset.paths[at % 6]),
  };
  const failing = new PixelTeacher();
  failing.embed = async () => {
    throw new Error('the teacher fails');
  };
  await assert.rejects(
    ensureViews({ ...request, dataset: many, teacher: failing }, SILENT),
    /the teacher fails/,
  );
});

test('an image that does not decode is bad-image with its path', async (context) => {
  const { request, dataset } = await setUp(context);
  const path = join(dataset.root, dataset.paths[3]);
  await truncate(path, (await stat(path)).size >> 1);
  await assert.rejects(ensureViews(request, SILENT), { code: 'bad-image', message: new RegExp(`^${path} `) });
});

test('faces of another size are resampled to 112 px', async (context) => {
  const root = await temporaryFolder(context);
  await writeFile(join(root, 'face.png'), tinyPng(30, 50, 77));
  const face = await readAlignedFace({ root, paths: ['face.png'] }, 0);
  assert.deepEqual([face.width, face.height], [112, 112]);
  assert.ok(face.data.every((value) => value === 77));
});
