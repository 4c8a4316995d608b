// How well the teacher tells LFW's pairs apart on faces that our detector, landmarks and warp have aligned.
//
//   node test/bench/imaging/lfw-alignment.ts [ours | supplied | LANDMARKS.json] [lfw root]
//
// `supplied` embeds the aligned112 folder instead; a JSON file names another detector's faces:
// { "Name/Name_0001.jpg": [{ "box": [left, top, right, bottom, score], "pts": [[x, y] × 5] }] }.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { faceModelsFolder, openFaceModels } from '../../../src-main/engine/onnx/face-models.ts';
import { alignFace } from '../../../src-main/imaging/align.ts';
import { decodeImageFile } from '../../../src-main/imaging/decode.ts';
import { createFaceFinder, mainFace } from '../../../src-main/imaging/face-finder.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';
import type { FiveLandmarks } from '../../../src-main/imaging/landmarks.ts';
import { accuracyOf, embed, openTeacher, readPairs } from './lfw.ts';

/** An aligned face of the named picture, or null where none was found. */
type Source = (name: string) => Promise<RgbImage | null>;

interface ListedFace {
  readonly box: readonly number[];
  readonly pts: readonly (readonly [number, number])[];
}

const [kind = 'ours', root = '../shared/faces/lfw-dev'] = process.argv.slice(2);
const pairs = await readPairs(root);
const names = [...new Set(pairs.flatMap((pair) => [pair.left, pair.right]))];
const source = kind === 'ours' ? await ours() : kind === 'supplied' ? supplied : await listed(kind);
const teacher = await openTeacher();
const embeddings = new Map<string, Float32Array>();
const startedMs = performance.now();
for (const name of names) {
  const face = await source(name);
  if (face) embeddings.set(name, await embed(teacher, face));
}
const result = {
  name: 'lfw-alignment',
  source: kind,
  pictures: names.length,
  withoutFace: names.length - embeddings.size,
  ...accuracyOf(pairs, embeddings),
  seconds: Math.round((performance.now() - startedMs) / 1000),
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function ours(): Promise<Source> {
  const finder = createFaceFinder(await openFaceModels(faceModelsFolder()));
  return async (name) => {
    const image = await decodeImageFile(join(root, 'lfw', name));
    const face = mainFace(await finder.find(image), image);
    return face && alignFace(image, face);
  };
}

async function supplied(name: string): Promise<RgbImage> {
  return decodeImageFile(join(root, 'aligned112', name));
}

async function listed(path: string): Promise<Source> {
  const faces: Record<string, readonly ListedFace[]> = JSON.parse(await readFile(path, 'utf8'));
  return async (name) => {
    const image = await decodeImageFile(join(root, 'lfw', name));
    const found = (faces[name] ?? []).map(({ box: [left, top, right, bottom, score], pts }) => {
      const [leftEye, rightEye, nose, leftMouth, rightMouth] = pts.map(([x, y]) => ({ x, y }));
      const landmarks: FiveLandmarks = [leftEye, rightEye, nose, leftMouth, rightMouth];
      const box = { x: left, y: top, width: right - left, height: bottom - top };
      return { box, score, landmarks, landmarkSource: 'network' as const, sizePx: box.width };
    });
    const face = mainFace(found, image);
    return face && alignFace(image, face);
  };
}
