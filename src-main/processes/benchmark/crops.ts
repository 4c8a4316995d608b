// Pictures of the worst errors as the models saw them, for a user's own report.

import type { FaceSource } from '../../datasets/face-source.ts';
import type { PairSet } from '../../datasets/protocols/protocol-set.ts';
import { ALIGNED_SIZE_PX, readAlignedFace } from '../../engine/teacher/view-cache.ts';
import { encodePng } from '../../imaging/encode.ts';
import { degrade } from '../../imaging/resample.ts';
import type { Cell } from '../../reports/benchmark/report-model.ts';

/** Pairs shown of each kind, in each cell. */
const SHOWN = 5;

/** PNG as base64 by `face@size`. */
export async function cropsOf(set: PairSet, cells: readonly Cell[]): Promise<Record<string, string>> {
  const wanted = new Map<string, { face: number; sizePx: number }>();
  const want = (face: number, sizePx: number): void => {
    wanted.set(`${face}@${sizePx}`, { face, sizePx });
  };
  for (const cell of cells) {
    if (cell.kind !== 'pairs') continue;
    const { worstImpostors, worstGenuines } = cell.measured;
    for (const pair of [...worstImpostors.slice(0, SHOWN), ...worstGenuines.slice(0, SHOWN)]) {
      const { left, right } = set.pairs[pair];
      want(left, cell.resolutionPx);
      want(right, cell.scenario === 'lr-lr' ? cell.resolutionPx : ALIGNED_SIZE_PX);
    }
  }
  const crops: Record<string, string> = {};
  for (const [key, { face, sizePx }] of wanted) crops[key] = await cropOf(set.faces, face, sizePx);
  return crops;
}

async function cropOf(faces: FaceSource, face: number, sizePx: number): Promise<string> {
  const picture = degrade(await readAlignedFace(faces, face), sizePx);
  return Buffer.from(await encodePng(picture)).toString('base64');
}
