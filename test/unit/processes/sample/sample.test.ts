// The sample's people: the same every time, found by the real detector, and told apart by the real teacher.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot } from '../../../../src-main/common/matrix.ts';
import { SAMPLE_PROBES } from '../../../../src-main/contract/sample.ts';
import { faceModelsFolder, openFaceModels } from '../../../../src-main/engine/onnx/face-models.ts';
import { DEFAULT_TEACHER } from '../../../../src-main/engine/teacher/default-teacher.ts';
import { createFaceFinder, mainFace } from '../../../../src-main/imaging/face-finder.ts';
import { teacherCropEmbedder } from '../../../../src-main/processes/enrolment/crop-embedder.ts';
import { findFaces } from '../../../../src-main/processes/enrolment/picture-faces.ts';
import { openTeacher } from '../../../../src-main/processes/jobs/teachers.ts';
import { drawPicture } from '../../../../src-main/processes/sample/draw-picture.ts';
import { drawSampleProbe } from '../../../../src-main/processes/sample/draw-sample.ts';
import { samplePictures, sampleProbe } from '../../../../src-main/processes/sample/sample-plan.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('the plan: 40 named people and 8 unknown, two cameras each, three pictures a pass, no name twice', () => {
  const pictures = samplePictures();
  assert.deepEqual(samplePictures(), pictures);
  assert.equal(pictures.length, 48 * 2 * 3);
  assert.equal(new Set(pictures.map(({ name }) => name)).size, pictures.length);
  assert.equal(new Set(pictures.map(({ subject }) => subject)).size, 40 + 1);
  assert.deepEqual(
    new Set(pictures.map(({ camera }) => camera.name)),
    new Set(['entrance', 'hall', 'platform']),
  );
  for (let at = 1; at <= SAMPLE_PROBES; at++) {
    const { person, seed } = sampleProbe(at);
    assert.ok(pictures.some((picture) => picture.person === person && picture.subject !== null));
    assert.ok(!pictures.some((picture) => picture.seed === seed), 'a probe is no enrolled picture');
  }
});

test('a drawn picture is the same each time; one face is found in it, and is most alike the same person', async (t) => {
  const home = await temporaryFolder(t);
  const models = await openFaceModels(faceModelsFolder());
  t.after(() => models.dispose());
  const embedder = teacherCropEmbedder(await openTeacher(home, DEFAULT_TEACHER.name));
  t.after(() => embedder.dispose());
  const finder = createFaceFinder(models);
  const atEntrance = samplePictures().filter(({ camera }) => camera.name === 'entrance');
  async function embeddingOf(person: number, pass: number): Promise<Float32Array> {
    const picture = atEntrance.filter((candidate) => candidate.person === person)[pass];
    const image = await drawPicture(picture);
    assert.deepEqual(await drawPicture(picture), image);
    const faces = await findFaces(finder, image);
    const main = mainFace(faces, image);
    assert.ok(main !== null, `${picture.name} shows a face`);
    return (await embedder.embed([main.crop]))[0];
  }
  const people = [0, 1, 2, 3, 4, 5];
  const enrolled = await Promise.all(people.map((person) => embeddingOf(person, 0)));
  for (const person of people) {
    const probe = await embeddingOf(person, 1);
    const scores = enrolled.map((vector) => dot(vector, probe));
    assert.equal(scores.indexOf(Math.max(...scores)), person);
  }
});

test('a probe picture comes as a file would', async () => {
  const { name, bytes } = await drawSampleProbe(5);
  assert.equal(name, 'drawn-person-2-picture-2.png');
  assert.deepEqual([...bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
});
