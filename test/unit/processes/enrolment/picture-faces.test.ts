import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faceModelsFolder, openFaceModels } from '../../../../src-main/engine/onnx/face-models.ts';
import { decodeImage } from '../../../../src-main/imaging/decode.ts';
import { createFaceFinder } from '../../../../src-main/imaging/face-finder.ts';
import { findFaces, takeCrop } from '../../../../src-main/processes/enrolment/picture-faces.ts';
import { noisePicture } from '../../../support/noise-picture.ts';

test('a crop is stored as it is, pixel for pixel, with what can be said of it', async () => {
  const picture = noisePicture(16, 16, 3);
  const face = await takeCrop(picture, 'crop');
  assert.deepEqual(Buffer.from((await decodeImage(face.png, 'crop')).data), Buffer.from(picture.data));
  assert.deepEqual(face.box, { x: 0, y: 0, width: 16, height: 16 });
  assert.deepEqual([face.landmarks, face.detectionScore, face.quality.sizePx], [null, null, 16]);
  assert.ok(face.weight > 0 && face.weight < 1);
  assert.deepEqual((await takeCrop(picture, 'crop')).png, face.png, 'the same picture gives the same bytes');
});

test('a crop that is not square is told, and a whole picture is not taken for one', async () => {
  assert.ok((await takeCrop(noisePicture(16, 20, 3), 'tall')).quality.reasons.includes('not square'));
  assert.ok(!(await takeCrop(noisePicture(104, 112, 3), 'nearly')).quality.reasons.includes('not square'));
  await assert.rejects(takeCrop(noisePicture(1025, 8, 3), 'frame.png'), {
    code: 'bad-image',
    message:
      'frame.png is 1025×8 px, and a face crop has at most 1024: enrol it as a picture, and the face in it is found',
  });
});

test('a picture without faces gives none', async () => {
  const finder = createFaceFinder(await openFaceModels(faceModelsFolder()));
  assert.deepEqual(await findFaces(finder, noisePicture(160, 120, 1)), []);
});
