// Milliseconds for a 1920×1080 frame: a mosaic of LFW faces 24 pixels wide, so that landmarks have work too.
//
//   node test/bench/imaging/detect-frame.ts [repeats, 9] [faces, 100] [lfw root]

import { join } from 'node:path';
import { faceModelsFolder, openFaceModels } from '../../../src-main/engine/onnx/face-models.ts';
import { decodeImageFile } from '../../../src-main/imaging/decode.ts';
import { createFaceFinder, mainFace } from '../../../src-main/imaging/face-finder.ts';
import { measureDetection } from '../../../src-main/imaging/measure-detection.ts';
import { composeMosaic, type FacePicture } from '../../support/face-mosaic.ts';
import { readPairs } from './lfw.ts';

const [repeats = '9', count = '100', root = '../shared/faces/lfw-dev'] = process.argv.slice(2);
const models = await openFaceModels(faceModelsFolder());
const finder = createFaceFinder(models);
const pictures: FacePicture[] = [];
for (const { left } of (await readPairs(root)).slice(0, Number(count))) {
  const image = await decodeImageFile(join(root, 'lfw', left));
  const face = mainFace(await finder.find(image), image);
  if (face) pictures.push({ image, face: face.box });
}
const { image } = composeMosaic(pictures, 24, 1920, 1080);
process.stdout.write(`${JSON.stringify(await measureDetection(models, image, Number(repeats)))}\n`);
