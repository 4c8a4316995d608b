import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { dot, matrix } from '../../../../src-main/common/matrix.ts';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { fuseTemplate } from '../../../../src-main/common/template.ts';
import { beginImport } from '../../../../src-main/gallery/db/queries/imports.ts';
import { enrolPictures } from '../../../../src-main/gallery/enrol/pictures.ts';
import type { FaceFilter } from '../../../../src-main/gallery/search/face-filter.ts';
import { type AnswerKind, GalleryIndex } from '../../../../src-main/gallery/search/gallery-index.ts';
import {
  DIMENSION,
  madeFace,
  madeGallery,
  madePicture,
  madeSpace,
  madeVector,
} from '../../../support/made-gallery.ts';

/**
 * Faces 1 … 8 with vectors of seeds 1 … 8: 1 and 2 are Ann's, each a track; 3 is Bo's only one; 4 and 5 an unknown track;
 * 6, 7 a track of Cy, 8 another one of Cy.
 */
async function filled(context: TestContext) {
  const gallery = await madeGallery(context);
  const space = madeSpace(gallery);
  const plan: [subject: string | null, track: string | null, weight: number][] = [
    ['Ann', null, 1],
    ['Ann', null, 0.25],
    ['Bo', null, 0.5],
    [null, 't1', 0.5],
    [null, 't1', 1],
    ['Cy', 't2', 1],
    ['Cy', 't2', 0.5],
    ['Cy', null, 0.1],
  ];
  const outcomes = plan.map(([subject, track, weight], at) =>
    madePicture(at, [madeFace(at + 1, space, { weight, sizePx: 10 + at })], {
      subject,
      track,
      camera: [0, 2, 5, 6].includes(at) ? 'hall' : 'door',
      capturedAt: at * 1000,
      tags: at < 4 ? ['early'] : [],
    }),
  );
  const items = outcomes.map(({ position }) => ({ name: String(position), item: {} }));
  const importId = beginImport(gallery.database, { kind: 'folder', root: '/', options: {} }, items, 1);
  await enrolPictures(gallery, importId, [space], outcomes);
  const index = await GalleryIndex.load(gallery.database, space, ProgressToken.silent());
  return { gallery, index, weights: plan.map(([, , weight]) => weight) };
}

/** The template of faces by number, from their seeds and weights. */
function template(faces: readonly number[], weights: readonly number[]): Float32Array {
  const values = Float32Array.from(faces.flatMap((face) => [...madeVector(face)]));
  return fuseTemplate(
    matrix(values, DIMENSION),
    [...faces.keys()],
    faces.map((face) => weights[face - 1]),
  );
}

test('by face: every face by itself, best first', async (context) => {
  const { index } = await filled(context);
  const probe = madeVector(99);
  const expected = [1, 2, 3, 4, 5, 6, 7, 8]
    .map((face) => ({ face, score: dot(probe, madeVector(face)) }))
    .sort((left, right) => right.score - left.score);
  const answers = await index.search(probe, { by: 'face', count: 8 });
  assert.deepEqual(
    answers.map(({ faceId }) => faceId),
    expected.map(({ face }) => face),
  );
  assert.ok(answers.every(({ faces }) => faces === 1));
  assert.deepEqual([index.faces, index.people], [8, 4]);
});

test('by track: templates of several faces, with the face that is most like the probe', async (context) => {
  const { index, weights } = await filled(context);
  const probe = madeVector(99);
  const tracks = [[1], [2], [3], [4, 5], [6, 7], [8]];
  const expected = tracks
    .map((faces) => ({ faces, score: dot(probe, template(faces, weights)) }))
    .sort((left, right) => right.score - left.score);
  const answers = await index.search(probe, { by: 'track', count: 10 });
  assert.deepEqual(
    answers.map(({ faces }) => faces),
    expected.map(({ faces }) => faces.length),
  );
  for (const [at, { faces, score }] of expected.entries()) {
    assert.ok(Math.abs(answers[at].score - score) < 1e-6);
    const nearest = [...faces].sort((a, b) => dot(probe, madeVector(b)) - dot(probe, madeVector(a)))[0];
    assert.equal(answers[at].faceId, nearest);
  }
});

test('by subject: one answer a person, unknown tracks among them', async (context) => {
  const { index, weights } = await filled(context);
  const probe = template([6, 7, 8], weights);
  const answers = await index.search(probe, { by: 'subject', count: 10 });
  assert.equal(answers.length, 4);
  const [best] = answers;
  assert.ok(Math.abs(best.score - 1) < 1e-6);
  assert.deepEqual([best.faces, best.trackId, best.subjectId !== null], [3, null, true]);
  const people = answers.map(({ subjectId, trackId }) => subjectId ?? `track ${trackId}`);
  assert.equal(new Set(people).size, 4);
});

test('filters decide which faces take part; a track does if any face of it does', async (context) => {
  const { index } = await filled(context);
  const probe = madeVector(99);
  const faces = async (filter: FaceFilter): Promise<number[]> => {
    const allowed = index.facesWhere(filter);
    const answers = await index.search(probe, { by: 'face', count: 10, allowed });
    return answers.map(({ faceId }) => faceId).sort();
  };
  assert.equal(index.facesWhere({}), null);
  assert.deepEqual(await faces({ camera: 'hall' }), [1, 3, 6, 7]);
  assert.deepEqual(await faces({ camera: "x' OR 1 = 1 --" }), []);
  assert.deepEqual(await faces({ from: 2000, until: 5000 }), [3, 4, 5]);
  assert.deepEqual(await faces({ tags: ['early'], leastSizePx: 12 }), [3, 4]);
  assert.deepEqual(await faces({ leastWeight: 0.9 }), [1, 5, 6]);
  assert.deepEqual(await faces({ isKnown: false }), [4, 5]);
  const [{ subjectId: ann }] = await index.search(madeVector(1), { by: 'face', count: 1 });
  assert.deepEqual(await faces({ excludedSubject: ann as number }), [3, 4, 5, 6, 7, 8]);
  const allowed = index.facesWhere({ from: 4000, until: 5000 });
  const tracks = await index.search(probe, { by: 'track', count: 10, allowed });
  assert.deepEqual(
    tracks.map((answer) => answer.faces),
    [2],
    'face 5 brings its whole track',
  );
});

test('the entries that a search compares with: faces, tracks or people, as the filter leaves them', async (context) => {
  const { index } = await filled(context);
  const behind = (by: AnswerKind, filter: FaceFilter = {}): [faces: number, entries: number][] =>
    [...index.entriesByFaces({ by, allowed: index.facesWhere(filter) })].sort();
  assert.deepEqual(behind('face'), [[1, 8]]);
  assert.deepEqual(behind('track'), [
    [1, 4],
    [2, 2],
  ]);
  assert.deepEqual(behind('subject'), [
    [1, 1],
    [2, 2],
    [3, 1],
  ]);
  assert.deepEqual(behind('subject', { isKnown: false }), [[2, 1]]);
  assert.deepEqual(behind('face', { camera: 'hall' }), [[1, 4]]);
});

test('a probe that is part of a larger array is searched by its own values', async (context) => {
  const { index } = await filled(context);
  const joined = Float32Array.from([...madeVector(7), ...madeVector(3)]);
  const [best] = await index.search(joined.subarray(DIMENSION), { by: 'face', count: 1 });
  assert.deepEqual([best.faceId, Math.abs(best.score - 1) < 1e-6], [3, true]);
});

test('tracks left out by name answer as if every other face had been asked for', async (context) => {
  const { index } = await filled(context);
  const subjects = new Set<number>();
  const tracks = new Set<number>();
  for (const { subjectId, trackId } of await index.search(madeVector(99), { by: 'face', count: 8 })) {
    if (subjectId !== null) subjects.add(subjectId);
    if (trackId !== null) tracks.add(trackId);
  }
  const exclusions: FaceFilter[] = [{ excludedTrack: 12_345 }, { excludedSubject: 12_345 }];
  for (const excludedTrack of tracks) {
    exclusions.push({ excludedTrack });
    for (const excludedSubject of subjects)
      exclusions.push({ excludedSubject }, { excludedTrack, excludedSubject });
  }
  for (const exclusion of exclusions) {
    // A condition that every face meets, so that each is looked at.
    const sets = [exclusion, { ...exclusion, leastSizePx: 0 }].map((filter) => index.facesWhere(filter));
    assert.equal(sets[0]?.size ?? 8, sets[1]?.size);
    assert.equal(sets[0]?.has(12_345) ?? false, false);
    for (const by of ['face', 'track', 'subject'] as const) {
      const [few, all] = await Promise.all(
        sets.map((allowed) => index.search(madeVector(99), { by, count: 10, allowed })),
      );
      assert.deepEqual(few, all, `${by} without ${JSON.stringify(exclusion)}`);
      const [fewer, every] = sets.map((allowed) => [...index.entriesByFaces({ by, allowed })].sort());
      assert.deepEqual(fewer, every, `entries by ${by} without ${JSON.stringify(exclusion)}`);
    }
  }
});
