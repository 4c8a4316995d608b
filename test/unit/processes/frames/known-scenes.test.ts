// Scenes of real faces with known truth, through the real detector and embeddings, where ../shared is at hand.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { listFrames } from '../../../../src-main/datasets/sources/frames.ts';
import { faceModelsFolder, openFaceModels } from '../../../../src-main/engine/onnx/face-models.ts';
import { openOnnxTeacher } from '../../../../src-main/engine/teacher/onnx-teacher.ts';
import { findTeacher } from '../../../../src-main/engine/teacher/teacher-store.ts';
import { listFaces } from '../../../../src-main/gallery/db/queries/faces.ts';
import { decodeImageFile } from '../../../../src-main/imaging/decode.ts';
import { createFaceFinder } from '../../../../src-main/imaging/face-finder.ts';
import { cropImage, type RgbImage } from '../../../../src-main/imaging/image.ts';
import { resizeBicubic } from '../../../../src-main/imaging/resample.ts';
import { teacherCropEmbedder } from '../../../../src-main/processes/enrolment/crop-embedder.ts';
import { enrolFromFrames } from '../../../../src-main/processes/frames/enrol-frames-job.ts';
import { madeGallery } from '../../../support/made-gallery.ts';
import { composeScene, personAt, type Walk, writeFrames } from '../../../support/scene-frames.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const PICTURES = fileURLToPath(new URL('../../../../../shared/faces/lfw-dev/lfw', import.meta.url));
const NEEDS_SHARED = { skip: existsSync(PICTURES) ? false : 'needs ../shared/faces' };

const models = await openFaceModels(faceModelsFolder());
after(() => models.dispose());
const finder = createFaceFinder(models);

/** The middle of an LFW picture, so small that its face is about 20 px wide. */
async function person(number: number): Promise<RgbImage> {
  const folders = (await readdir(PICTURES)).sort();
  const folder = folders[(number * 97) % folders.length];
  const [name] = (await readdir(join(PICTURES, folder))).sort();
  const picture = await decodeImageFile(join(PICTURES, folder, name));
  const middle = cropImage(picture, { x: 60, y: 50, width: 130, height: 150 });
  return resizeBicubic(middle, 32, 37);
}

/** Enrols a scene and returns who each track shows, and how many faces it has. Fails for a track of two people. */
async function tracksOf(context: TestContext, walks: readonly (readonly Walk[])[], durationMs: number) {
  const folder = join(await temporaryFolder(context), 'frames');
  const people = await Promise.all(walks.map(async (own, at) => ({ picture: await person(at), walks: own })));
  const scene = { width: 320, height: 240, framesPerSecond: 8, durationMs, people };
  const frames = composeScene(scene);
  await writeFrames(folder, frames);
  const { frames: files } = await listFrames(folder, { startedAtMs: null, framesPerSecond: 8 });
  const gallery = await madeGallery(context);
  const { card, modelPath } = await findTeacher(await temporaryFolder(context), 'faceplugin');
  const embedder = teacherCropEmbedder(await openOnnxTeacher(modelPath, card));
  try {
    await enrolFromFrames(
      gallery,
      {
        origin: { kind: 'frames', folder, files },
        ...{ camera: null, startedAtMs: null, finder, embedders: [embedder], leastChange: 6 },
      },
      ProgressToken.silent(),
    );
  } finally {
    await embedder.dispose();
  }
  const faces = listFaces(gallery.database, { after: 0, limit: 10_000 });
  assert.ok(faces.every(({ sizePx }) => sizePx < 24));
  const tracks = [...Map.groupBy(faces, ({ trackId }) => trackId).values()].map((track) => {
    const shown = track.map(({ frameIndex, box }) => personAt(frames[frameIndex], people, box));
    return { people: [...new Set(shown)], faces: track.length };
  });
  for (const { people: shown } of tracks)
    assert.equal(shown.length, 1, `a mixed track: ${JSON.stringify(tracks)}`);
  return tracks.map(({ people: [shown], faces: count }) => ({ person: shown, faces: count }));
}

function walk(fromMs: number, toMs: number, start: [number, number], end: [number, number]): Walk {
  return { fromMs, toMs, start, end };
}

test('two people cross, one hides the other for a moment', NEEDS_SHARED, async (context) => {
  const tracks = await tracksOf(
    context,
    [[walk(0, 6000, [30, 100], [290, 100])], [walk(0, 6000, [290, 112], [30, 112])]],
    6000,
  );
  assert.deepEqual(tracks.map((track) => track.person).sort(), [0, 1], JSON.stringify(tracks));
  assert.ok(tracks.every(({ faces }) => faces >= 40));
});

test('two people leave and come back in exchanged places', NEEDS_SHARED, async (context) => {
  const exchanged = (awayMs: number): Walk[][] => [
    [walk(0, 2500, [200, 80], [60, 80]), walk(2500 + awayMs, 5000 + awayMs, [60, 160], [200, 160])],
    [walk(0, 2500, [200, 160], [60, 160]), walk(2500 + awayMs, 5000 + awayMs, [60, 80], [200, 80])],
  ];
  const brief = await tracksOf(context, exchanged(1500), 6500);
  assert.deepEqual(brief.map((track) => track.person).sort(), [0, 1], JSON.stringify(brief));
  const long = await tracksOf(context, exchanged(5000), 10_000);
  assert.deepEqual(long.map((track) => track.person).sort(), [0, 0, 1, 1], JSON.stringify(long));
});

test('a face that is not found for a second is one track', NEEDS_SHARED, async (context) => {
  const tracks = await tracksOf(
    context,
    [
      [walk(0, 2000, [60, 100], [120, 100]), walk(3000, 5000, [150, 100], [210, 100])],
      [walk(0, 5000, [250, 190], [180, 190])],
    ],
    5000,
  );
  assert.deepEqual(tracks.map((track) => track.person).sort(), [0, 1], JSON.stringify(tracks));
});
