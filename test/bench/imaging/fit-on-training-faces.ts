// Constants of alignment, from training faces that lie on the template already (so the right answer is known): which crop
// suits the landmark network, and where landmarks lie in a detector's box.
//
//   node test/bench/imaging/fit-on-training-faces.ts [faces, 600] [training root]

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { faceModelsFolder, openFaceModels } from '../../../src-main/engine/onnx/face-models.ts';
import { ARCFACE_TEMPLATE, applySimilarity, fitSimilarity } from '../../../src-main/imaging/align.ts';
import type { ScoredBox } from '../../../src-main/imaging/box.ts';
import { decodeImageFile } from '../../../src-main/imaging/decode.ts';
import { FaceDetector } from '../../../src-main/imaging/detector.ts';
import { type FiveLandmarks, fiveOf, LandmarkFinder } from '../../../src-main/imaging/landmarks.ts';
import { warpSimilarity } from '../../../src-main/imaging/warp.ts';

/** Pixels put around a face, its edge repeated, since the detector wants surroundings. */
const MARGIN_PX = 40;
const DROPS = [-0.03, 0, 0.03, 0.06, 0.08, 0.1, 0.12, 0.15];
const SIDES = [0.9, 1, 1.1, 1.2, 1.3];

const [countText = '600', root = '../shared/faces/train112'] = process.argv.slice(2);
const models = await openFaceModels(faceModelsFolder());
const detector = new FaceDetector(models.detector);
const landmarkFinder = new LandmarkFinder(models.landmarks);
const crops = DROPS.flatMap((drop) => SIDES.map((side) => ({ drop, side })));
const errors = crops.map(() => 0);
const shares = ARCFACE_TEMPLATE.map(() => ({ x: 0, y: 0 }));
let faces = 0;

const identities = (await readdir(root)).sort();
const step = Math.max(Math.floor(identities.length / Number(countText)), 1);
for (let index = 0; index < identities.length; index += step) await addFace(identities[index]);
const table = crops.map(({ drop, side }, index) => ({
  drop,
  side,
  alignmentErrorPx: round(errors[index] / faces),
}));
const boxShares = shares.map(({ x, y }) => ({ x: round(x / faces), y: round(y / faces) }));
process.stdout.write(`${JSON.stringify({ name: 'fit-on-training-faces', faces, boxShares, table })}\n`);

async function addFace(identity: string): Promise<void> {
  const [file] = (await readdir(join(root, identity))).sort();
  const face = await decodeImageFile(join(root, identity, file));
  const size = face.width + 2 * MARGIN_PX;
  const padded = warpSimilarity(face, { a: 1, b: 0, tx: -MARGIN_PX, ty: -MARGIN_PX }, size, size);
  const box = (await detector.detect(padded)).find((candidate) => isCentral(candidate, size));
  if (!box) return;
  const squares = crops.map(({ drop, side }) => ({
    centreX: box.x + box.width / 2,
    centreY: box.y + box.height * (0.5 + drop),
    side: box.height * side,
  }));
  const found = await landmarkFinder.findPoints(padded, squares);
  for (const [index, points] of found.entries()) errors[index] += errorOf(fiveOf(points));
  for (const [index, point] of ARCFACE_TEMPLATE.entries()) {
    shares[index].x += (point.x + MARGIN_PX + 0.5 - box.x) / box.width;
    shares[index].y += (point.y + MARGIN_PX + 0.5 - box.y) / box.height;
  }
  faces++;
}

function isCentral(box: ScoredBox, size: number): boolean {
  return Math.hypot(box.x + box.width / 2 - size / 2, box.y + box.height / 2 - size / 2) < size / 6;
}

/** Mean distance of the five template points from themselves after alignment by these landmarks. */
function errorOf(landmarks: FiveLandmarks): number {
  const toTemplate = fitSimilarity(landmarks, ARCFACE_TEMPLATE);
  let sum = 0;
  for (const { x, y } of ARCFACE_TEMPLATE) {
    const moved = applySimilarity(toTemplate, { x: x + MARGIN_PX, y: y + MARGIN_PX });
    sum += Math.hypot(moved.x - x, moved.y - y) / ARCFACE_TEMPLATE.length;
  }
  return sum;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
