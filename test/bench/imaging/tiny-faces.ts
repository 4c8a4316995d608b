// Tiny faces: recall and false alarms on mosaics of LFW faces shrunk to 4 … 96 pixels wide, and how far their alignment
// strays from that of the full-size picture, by landmarks and by box alone.
//
//   node test/bench/imaging/tiny-faces.ts [pictures, 400] [lfw root]

import { join } from 'node:path';
import { faceModelsFolder, openFaceModels } from '../../../src-main/engine/onnx/face-models.ts';
import { ARCFACE_TEMPLATE, applySimilarity, fitSimilarity } from '../../../src-main/imaging/align.ts';
import { intersectionOverUnion } from '../../../src-main/imaging/box.ts';
import { landmarksFromBox } from '../../../src-main/imaging/box-landmarks.ts';
import { decodeImageFile } from '../../../src-main/imaging/decode.ts';
import { createFaceFinder, type DetectedFace, mainFace } from '../../../src-main/imaging/face-finder.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import { type FiveLandmarks, LandmarkFinder, type Point } from '../../../src-main/imaging/landmarks.ts';
import { composeMosaic, type MosaicCell } from '../../support/face-mosaic.ts';
import { readPairs } from './lfw.ts';

interface Picture {
  readonly image: RgbImage;
  readonly face: DetectedFace['box'];
  readonly main: DetectedFace;
  readonly all: readonly DetectedFace[];
}

const SIZES_PX = [4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 96];
const FRAME = { width: 1920, height: 1080 };
const [countText = '400', root = '../shared/faces/lfw-dev'] = process.argv.slice(2);
const models = await openFaceModels(faceModelsFolder());
const finder = createFaceFinder(models);
const landmarkFinder = new LandmarkFinder(models.landmarks);
const pictures = await readPictures(Number(countText));
for (const sizePx of SIZES_PX) process.stdout.write(`${JSON.stringify(await measure(sizePx))}\n`);

/** Every n-th picture of the pairs; its main face at full size is the reference. */
async function readPictures(count: number): Promise<Picture[]> {
  const names = [...new Set((await readPairs(root)).flatMap((pair) => [pair.left, pair.right]))];
  const step = Math.max(Math.floor(names.length / count), 1);
  const read: Picture[] = [];
  for (let index = 0; index < names.length && read.length < count; index += step) {
    const image = await decodeImageFile(join(root, 'lfw', names[index]));
    const all = await finder.find(image);
    const main = mainFace(all, image);
    if (main) read.push({ image, face: main.box, main, all });
  }
  return read;
}

async function measure(sizePx: number): Promise<object> {
  let frames = 0;
  let found = 0;
  let falseAlarms = 0;
  const byLandmarks: number[] = [];
  const byBox: number[] = [];
  for (let rest: readonly Picture[] = pictures; rest.length > 0; ) {
    const mosaic = composeMosaic(rest, sizePx, FRAME.width, FRAME.height);
    const shown = rest.slice(0, mosaic.cells.length);
    rest = rest.slice(mosaic.cells.length);
    frames++;
    const faces = await finder.find(mosaic.image);
    falseAlarms += faces.filter((face) => !isExpected(face, shown, mosaic.cells)).length;
    for (const [index, cell] of mosaic.cells.entries()) {
      const face = bestMatch(faces, cell);
      if (!face) continue;
      found++;
      const [landmarks] = await landmarkFinder.find(mosaic.image, [face.box]);
      const reference = shown[index].main.landmarks;
      byLandmarks.push(alignmentError(onPicture(landmarks, cell), reference));
      byBox.push(alignmentError(onPicture(landmarksFromBox(face.box), cell), reference));
    }
  }
  return {
    sizePx,
    faces: pictures.length,
    frames,
    recall: found / pictures.length,
    falseAlarmsPerFrame: falseAlarms / frames,
    landmarkErrorPx: meanOf(byLandmarks),
    boxErrorPx: meanOf(byBox),
  };
}

/** The detection that overlaps the cell's face best, by 0.4 of the union at least. */
function bestMatch(faces: readonly DetectedFace[], cell: MosaicCell): DetectedFace | null {
  let best: DetectedFace | null = null;
  let overlap = 0.4;
  for (const face of faces) {
    const shared = intersectionOverUnion(face.box, cell.face);
    if (shared < overlap) continue;
    overlap = shared;
    best = face;
  }
  return best;
}

/** Whether some face that the full-size pictures show lies there, strangers in the background included. */
function isExpected(face: DetectedFace, shown: readonly Picture[], cells: readonly MosaicCell[]): boolean {
  return cells.some((cell, index) =>
    shown[index].all.some(({ box }) => {
      const shrunk = {
        x: cell.x + box.x * cell.scaleX,
        y: cell.y + box.y * cell.scaleY,
        width: box.width * cell.scaleX,
        height: box.height * cell.scaleY,
      };
      return intersectionOverUnion(face.box, shrunk) > 0.2;
    }),
  );
}

function onPicture(landmarks: FiveLandmarks, cell: MosaicCell): Point[] {
  return landmarks.map(({ x, y }) => ({
    x: (x + 0.5 - cell.x) / cell.scaleX - 0.5,
    y: (y + 0.5 - cell.y) / cell.scaleY - 0.5,
  }));
}

/** How far the five template points stray, in template pixels, when aligned by `landmarks` instead of `reference`. */
function alignmentError(landmarks: readonly Point[], reference: FiveLandmarks): number {
  const toPicture = fitSimilarity(ARCFACE_TEMPLATE, landmarks);
  const toTemplate = fitSimilarity(reference, ARCFACE_TEMPLATE);
  const distances = ARCFACE_TEMPLATE.map((point) => {
    const strayed = applySimilarity(toTemplate, applySimilarity(toPicture, point));
    return Math.hypot(strayed.x - point.x, strayed.y - point.y);
  });
  return meanOf(distances);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
