// Does shrinking by bicubic before the warp help? LFW faces aligned at 28 px, against the same faces aligned at 112 px from a
// picture enlarged twice and then shrunk by anti-aliased bicubic: mean absolute difference in grey levels.
//
//   node test/bench/imaging/warp-shrink.ts [lfw root]

import { join } from 'node:path';
import { faceModelsFolder, openFaceModels } from '../../../src-main/engine/onnx/face-models.ts';
import { ARCFACE_TEMPLATE, alignFace, fitSimilarity } from '../../../src-main/imaging/align.ts';
import { decodeImageFile } from '../../../src-main/imaging/decode.ts';
import { createFaceFinder, mainFace } from '../../../src-main/imaging/face-finder.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import { resizeBicubic } from '../../../src-main/imaging/resample.ts';
import { warpSimilarity } from '../../../src-main/imaging/warp.ts';
import { readPairs } from './lfw.ts';

const SIZE_PX = 28;
const FINE_PX = SIZE_PX * 8;
const [root = '../shared/faces/lfw-dev'] = process.argv.slice(2);
const finder = createFaceFinder(await openFaceModels(faceModelsFolder()));
let faces = 0;
let warped = 0;
let shrunkFirst = 0;
for (const { left } of (await readPairs(root)).slice(0, 200)) {
  const image = await decodeImageFile(join(root, 'lfw', left));
  const face = mainFace(await finder.find(image), image);
  if (!face) continue;
  const target = ARCFACE_TEMPLATE.map(({ x, y }) => ({
    x: ((x + 0.5) * SIZE_PX) / 112 - 0.5,
    y: ((y + 0.5) * SIZE_PX) / 112 - 0.5,
  }));
  const ideal = resizeBicubic(alignFace(image, face, FINE_PX), SIZE_PX, SIZE_PX);
  warped += difference(warpSimilarity(image, fitSimilarity(target, face.landmarks), SIZE_PX, SIZE_PX), ideal);
  shrunkFirst += difference(alignFace(image, face, SIZE_PX), ideal);
  faces++;
}
const result = { name: 'warp-shrink', faces, warpAlone: warped / faces, shrunkFirst: shrunkFirst / faces };
process.stdout.write(`${JSON.stringify(result)}\n`);

function difference(left: RgbImage, right: RgbImage): number {
  let sum = 0;
  for (const [at, value] of left.data.entries()) sum += Math.abs(value - right.data[at]);
  return sum / left.data.length;
}
