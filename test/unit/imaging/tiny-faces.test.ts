// Tiny faces with the real networks: recall and alignment on mosaics of LFW faces, where ../shared is at hand.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faceModelsFolder, openFaceModels } from '../../../src-main/engine/onnx/face-models.ts';
import { intersectionOverUnion } from '../../../src-main/imaging/box.ts';
import { decodeImageFile } from '../../../src-main/imaging/decode.ts';
import { createFaceFinder, mainFace } from '../../../src-main/imaging/face-finder.ts';
import { composeMosaic, type FacePicture } from '../../support/face-mosaic.ts';

const PICTURES = fileURLToPath(new URL('../../../../shared/faces/lfw-dev/lfw', import.meta.url));
const isAtHand = existsSync(PICTURES);
const COUNT = 100;

const models = await openFaceModels(faceModelsFolder());
after(() => models.dispose());
const finder = createFaceFinder(models);

test('a picture without faces yields none', async () => {
  const data = Uint8Array.from({ length: 400 * 300 * 3 }, (_, at) => (at * at * 31) % 200);
  assert.deepEqual(await finder.find({ width: 400, height: 300, data }), []);
});

test('faces of 12, 16, 24 and 48 pixels: recall of 0.98 and few false alarms', {
  skip: isAtHand ? false : 'needs ../shared/faces',
}, async () => {
  const pictures = await readPictures();
  assert.equal(pictures.length, COUNT, 'every full-size picture shows its face');
  for (const sizePx of [12, 16, 24, 48]) {
    let hits = 0;
    let faces = 0;
    for (let rest = pictures; rest.length > 0; ) {
      const mosaic = composeMosaic(rest, sizePx, 1280, 720);
      rest = rest.slice(mosaic.cells.length);
      const found = await finder.find(mosaic.image);
      faces += found.length;
      hits += mosaic.cells.filter((cell) =>
        found.some((face) => intersectionOverUnion(face.box, cell.face) >= 0.4),
      ).length;
    }
    assert.ok(hits / COUNT >= 0.98, `${sizePx} px: ${hits} of ${COUNT} found`);
    // Strangers in the background count as faces too: about one picture in seven shows some.
    assert.ok(faces <= COUNT * 1.4, `${sizePx} px: ${faces} detections for ${COUNT} faces`);
  }
});

async function readPictures(): Promise<FacePicture[]> {
  const names = (await readdir(PICTURES)).sort();
  const step = Math.floor(names.length / COUNT);
  const pictures: FacePicture[] = [];
  for (const name of names.filter((_, at) => at % step === 0).slice(0, COUNT)) {
    const [file] = (await readdir(join(PICTURES, name))).sort();
    const image = await decodeImageFile(join(PICTURES, name, file));
    const face = mainFace(await finder.find(image), image);
    if (face) pictures.push({ image, face: face.box });
  }
  return pictures;
}
