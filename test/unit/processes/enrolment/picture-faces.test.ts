import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { faceModelsFolder, openFaceModels } from '../../../../src-main/engine/onnx/face-models.ts';
import { decodeImage } from '../../../../src-main/imaging/decode.ts';
import { encodePng } from '../../../../src-main/imaging/encode.ts';
import { createFaceFinder } from '../../../../src-main/imaging/face-finder.ts';
import { findFaces, takeCrop } from '../../../../src-main/processes/enrolment/picture-faces.ts';
import { noisePicture } from '../../../support/noise-picture.ts';

const NONE = new Uint8Array();

test('a crop is stored as it is, pixel for pixel, with what can be said of it', async () => {
  const picture = noisePicture(16, 16, 3);
  const bytes = await encodePng(picture);
  const face = await takeCrop(picture, bytes, 'crop');
  assert.deepEqual(Buffer.from((await decodeImage(face.cropFile, 'crop')).data), Buffer.from(picture.data));
  assert.deepEqual(face.box, { x: 0, y: 0, width: 16, height: 16 });
  assert.deepEqual([face.landmarks, face.detectionScore, face.quality.sizePx], [null, null, 16]);
  assert.ok(face.weight > 0 && face.weight < 1);
  const again = await sharp(bytes).png({ compressionLevel: 9 }).toBuffer();
  const { cropFile } = await takeCrop(picture, again, 'crop');
  assert.deepEqual(cropFile, face.cropFile, 'the same pixels give the same bytes');
});

test('a JPEG crop stays the JPEG it is, without what it says beside its picture', async () => {
  const { data, width, height } = noisePicture(30, 30, 5);
  const made = sharp(data, { raw: { width, height, channels: 3 } });
  const plain = await made.clone().jpeg().toBuffer();
  const told = Buffer.concat([
    plain.subarray(0, 2),
    Buffer.from('\xff\xfe\0\x06name', 'latin1'),
    plain.subarray(2),
  ]);
  assert.deepEqual((await takeCrop(await decodeImage(told, 'told'), told, 'told')).cropFile, plain);
  const turned = await made.withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const upright = await decodeImage(turned, 'turned');
  const face = await takeCrop(upright, turned, 'turned');
  assert.deepEqual(face.cropFile, await encodePng(upright), 'EXIF data would have to be kept with it');
});

test('a crop that is not square is told, and a whole picture is not taken for one', async () => {
  assert.ok((await takeCrop(noisePicture(16, 20, 3), NONE, 'tall')).quality.reasons.includes('not square'));
  assert.ok(
    !(await takeCrop(noisePicture(104, 112, 3), NONE, 'nearly')).quality.reasons.includes('not square'),
  );
  await assert.rejects(takeCrop(noisePicture(1025, 8, 3), NONE, 'frame.png'), {
    code: 'bad-image',
    message:
      'frame.png is 1025×8 px, and a face crop has at most 1024: enrol it as a picture, and the face in it is found',
  });
});

test('a picture without faces gives none', async () => {
  const finder = createFaceFinder(await openFaceModels(faceModelsFolder()));
  assert.deepEqual(await findFaces(finder, noisePicture(160, 120, 1)), []);
});
