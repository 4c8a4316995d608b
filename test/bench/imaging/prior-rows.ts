// Where the priors of each size put a face, against the priors of 16 to 48 pixels, whose rows agree with training: the same
// LFW pictures at ten scales, best prior of each.
//
//   node test/bench/imaging/prior-rows.ts [lfw root]

import { join } from 'node:path';
import { medianOf } from '../../../src-main/common/statistics.ts';
import { faceModelsFolder, openFaceModels } from '../../../src-main/engine/onnx/face-models.ts';
import type { Box } from '../../../src-main/imaging/box.ts';
import { decodeImageFile } from '../../../src-main/imaging/decode.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import { decodeFaces, priorBoxes } from '../../../src-main/imaging/priors.ts';
import { resizeBicubic } from '../../../src-main/imaging/resample.ts';
import { fillPlain } from '../../../src-main/imaging/tile-input.ts';
import { readPairs } from './lfw.ts';

interface Found extends Box {
  readonly score: number;
  readonly priorPx: number;
}

const REFERENCE_PX = 100;
const SIDES_PX = [60, 75, 125, 150, 200, 250, 325, 400, 500, 650];
const EVERY = 60;

const [root = '../shared/faces/lfw-dev'] = process.argv.slice(2);
const { detector } = await openFaceModels(faceModelsFolder());
const names = [...new Set((await readPairs(root)).map((pair) => pair.left))].filter(
  (_, at) => at % EVERY === 0,
);
const shifts = new Map<number, number[]>();
for (const name of names) await addPicture(await decodeImageFile(join(root, 'lfw', name)));
for (const [priorPx, values] of [...shifts].sort(([left], [right]) => left - right))
  process.stdout.write(`${JSON.stringify({ priorPx, faces: values.length, downPx: medianOf(values) })}\n`);

async function addPicture(picture: RgbImage): Promise<void> {
  const reference = await surest(resizeBicubic(picture, REFERENCE_PX, REFERENCE_PX));
  for (const side of SIDES_PX) {
    const found = await surest(resizeBicubic(picture, side, side));
    if (found.score < 0.8 || reference.score < 0.8) continue;
    const expected = ((reference.y + reference.height / 2) * side) / REFERENCE_PX;
    const known = shifts.get(found.priorPx) ?? [];
    shifts.set(found.priorPx, [...known, found.y + found.height / 2 - expected]);
  }
}

async function surest(image: RgbImage): Promise<Found> {
  const { width, height } = image;
  const planes = new Float32Array(3 * width * height);
  fillPlain(
    image,
    { x: 0, y: 0, width, height, core: { left: 0, top: 0, right: width, bottom: height } },
    planes,
  );
  const { scores, regressions } = await detector.run({
    input: { data: planes, dims: [1, 3, height, width] },
  });
  const priors = priorBoxes(width, height);
  const faces = decodeFaces(scores.data, regressions.data, priors, 0);
  const best = faces.reduce((most, face, at) => (face.score > faces[most].score ? at : most), 0);
  return { ...faces[best], priorPx: priors[best * 4 + 2] };
}
