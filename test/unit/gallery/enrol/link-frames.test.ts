import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { joinTracks, moveTracks } from '../../../../src-main/gallery/changes/changes.ts';
import { listFaces } from '../../../../src-main/gallery/db/queries/faces.ts';
import { beginImport, countItems, failedItems } from '../../../../src-main/gallery/db/queries/imports.ts';
import { enrolFrames, type FrameOutcome } from '../../../../src-main/gallery/enrol/frames.ts';
import { linkFrames, writeTracks } from '../../../../src-main/gallery/enrol/link-frames.ts';
import { purgeFaces } from '../../../../src-main/gallery/purge/purge.ts';
import { madeFace, madeGallery, madeSpace, madeVector } from '../../../support/made-gallery.ts';

const OPTIONS = { sameAbove: 0.5, otherBelow: 0.1 };

/** One face a frame, five a second, walking to the right; the same look in all. */
async function walked(context: TestContext, frames: number) {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const outcomes = Array.from({ length: frames }, (_, position): FrameOutcome => {
    const face = madeFace(position, space, {
      box: { x: 10 + 4 * position, y: 20, width: 16, height: 16 },
      embeddings: new Map([[space.id, madeVector(1)]]),
    });
    const sha256 = createHash('sha256').update(`frame ${position}`).digest();
    const source = { sha256, path: `/x/${position}.png`, kind: 'frame', width: 320, height: 240 } as const;
    const item = { path: `/x/${position}.png`, timeMs: position * 200, capturedAtMs: 1000 + position * 200 };
    return { position, name: `${position}.png`, item, kind: 'read', source, faces: [face] };
  });
  const list = outcomes.map(({ name, item }) => ({ name, item }));
  const importId = beginImport(gallery.database, { kind: 'frames', root: '/x', options: {} }, list, 1);
  await enrolFrames(gallery, { importId, spaces: [space], cameraId: null }, outcomes);
  const link = async (): Promise<number[][]> => {
    const tracks = await linkFrames(gallery, importId, space, OPTIONS, ProgressToken.silent());
    gallery.change(() => writeTracks(gallery, importId, tracks));
    const faces = listFaces(gallery.database, { after: 0, limit: 100 });
    return [...Map.groupBy(faces, ({ trackId }) => trackId).values()].map((track) =>
      track.map(({ id }) => id),
    );
  };
  return { gallery, space, importId, outcomes, link };
}

test('faces are one track each until they are linked, and linking again changes nothing', async (context) => {
  const { gallery, link } = await walked(context, 6);
  const before = listFaces(gallery.database, { after: 0, limit: 100 });
  assert.equal(new Set(before.map(({ trackId }) => trackId)).size, 6);
  assert.deepEqual(await link(), [[1, 2, 3, 4, 5, 6]]);
  assert.deepEqual(await link(), [[1, 2, 3, 4, 5, 6]]);
});

test('what somebody has named or joined in the meantime stays where it was put', async (context) => {
  const { gallery, link } = await walked(context, 8);
  moveTracks(gallery, [3], { name: 'Ann' });
  joinTracks(gallery, 5, [6]);
  assert.deepEqual(await link(), [[1, 2, 4, 7, 8], [3], [5, 6]]);
  const labels = gallery.database
    .prepare('SELECT count(*) FROM tracks WHERE label IS NOT NULL')
    .pluck()
    .get();
  assert.equal(labels, 0);
});

test('a purge in between takes its faces, and the rest is linked', async (context) => {
  const { gallery, link } = await walked(context, 8);
  purgeFaces(gallery, { kind: 'age', before: 1000 + 3 * 200 });
  assert.deepEqual(await link(), [[4, 5, 6, 7, 8]]);
});

test('the same frame again is a duplicate, a NaN embedding fails its frame alone', async (context) => {
  const { gallery, space, outcomes } = await walked(context, 3);
  const bad = { ...outcomes[0], position: 3, name: 'bad.png' } as Extract<FrameOutcome, { kind: 'read' }>;
  const broken = madeFace(9, space, {
    embeddings: new Map([[space.id, new Float32Array(8).fill(Number.NaN)]]),
  });
  const source = { ...bad.source, sha256: createHash('sha256').update('bad').digest() };
  const list = [...outcomes, bad].map(({ name, item }) => ({ name, item }));
  const importId = beginImport(gallery.database, { kind: 'frames', root: '/y', options: {} }, list, 1);
  const target = { importId, spaces: [space], cameraId: null };
  await enrolFrames(gallery, target, [...outcomes, { ...bad, source, faces: [broken] }]);
  const { duplicate, failed, faces, todo } = countItems(gallery.database, importId);
  assert.deepEqual([duplicate, failed, faces, todo], [3, 1, 0, 0]);
  assert.match(failedItems(gallery.database, importId)[0].reason, /has a value that is no finite number/);
});
