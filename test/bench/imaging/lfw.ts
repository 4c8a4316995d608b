// LFW pairs and the teacher, for the measurements of imaging: who is on which picture, how well a teacher tells them apart.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dot, normalise } from '../../../src-main/common/matrix.ts';
import { editOnnx } from '../../../src-main/engine/onnx/edit.ts';
import { faceModelsFolder } from '../../../src-main/engine/onnx/face-models.ts';
import { type OnnxModel, openOnnxModel } from '../../../src-main/engine/onnx/session.ts';
import type { RgbImage } from '../../../src-main/imaging/image.ts';

export interface Pair {
  readonly left: string;
  readonly right: string;
  readonly isSame: boolean;
  readonly fold: number;
}

/** Pairs of `pairs.txt`; pictures as `Name/Name_0001.jpg`. */
export async function readPairs(root: string): Promise<Pair[]> {
  const [head, ...lines] = (await readFile(join(root, 'pairs.txt'), 'utf8')).trim().split('\n');
  const perKind = Number(head.split('\t')[1]);
  return lines.map((line, index) => {
    const fields = line.trim().split('\t');
    const fold = Math.floor(index / (2 * perKind));
    if (fields.length === 3) {
      const [name, left, right] = fields;
      return { left: pictureOf(name, left), right: pictureOf(name, right), isSame: true, fold };
    }
    const [leftName, left, rightName, right] = fields;
    return { left: pictureOf(leftName, left), right: pictureOf(rightName, right), isSame: false, fold };
  });
}

function pictureOf(name: string, number: string): string {
  return `${name}/${name}_${number.padStart(4, '0')}.jpg`;
}

/** The package's recognition network with its batch set free. */
export async function openTeacher(): Promise<OnnxModel> {
  const path = join(faceModelsFolder(), 'fr_feature.onnx');
  const edited = editOnnx(await readFile(path), path, {
    freeAxes: { input: { 0: 'batch' } },
    outputs: { output: 'output' },
  });
  return openOnnxModel(edited, path, { intraOpNumThreads: 1 });
}

/** Unit embedding of one aligned 112 × 112 face: BGR, (v − 127) / 128. */
export async function embed(teacher: OnnxModel, face: RgbImage): Promise<Float32Array> {
  const plane = face.width * face.height;
  const data = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++)
    for (let channel = 0; channel < 3; channel++)
      data[channel * plane + pixel] = (face.data[pixel * 3 + 2 - channel] - 127) / 128;
  const { output } = await teacher.run({ input: { data, dims: [1, 3, face.height, face.width] } });
  return normalise(output.data);
}

export interface Accuracy {
  readonly pairs: number;
  /** Threshold chosen on the other folds, %; mean over folds. */
  readonly acrossFolds: number;
  /** The single best threshold, %. */
  readonly best: number;
}

/** Accuracy of cosine similarity; pairs without two embeddings count as answered wrong. */
export function accuracyOf(pairs: readonly Pair[], embeddings: ReadonlyMap<string, Float32Array>): Accuracy {
  const scored = pairs.map((pair) => {
    const left = embeddings.get(pair.left);
    const right = embeddings.get(pair.right);
    return { ...pair, score: left && right ? dot(left, right) : Number.NaN };
  });
  const folds = [...new Set(pairs.map((pair) => pair.fold))];
  const perFold = folds.map((fold) => {
    const threshold = bestThreshold(scored.filter((pair) => pair.fold !== fold));
    return shareRight(
      scored.filter((pair) => pair.fold === fold),
      threshold,
    );
  });
  return {
    pairs: pairs.length,
    acrossFolds: (100 * perFold.reduce((sum, share) => sum + share, 0)) / folds.length,
    best: 100 * shareRight(scored, bestThreshold(scored)),
  };
}

type Scored = Pair & { readonly score: number };

function shareRight(pairs: readonly Scored[], threshold: number): number {
  const right = pairs.filter(
    ({ score, isSame }) => !Number.isNaN(score) && score >= threshold === isSame,
  ).length;
  return right / pairs.length;
}

function bestThreshold(pairs: readonly Scored[]): number {
  let best = { threshold: 0, share: 0 };
  for (let threshold = -0.2; threshold <= 0.8; threshold += 0.0025) {
    const share = shareRight(pairs, threshold);
    if (share > best.share) best = { threshold, share };
  }
  return best.threshold;
}
