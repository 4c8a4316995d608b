// Where a face's landmarks lie in its aligned crop.

import { ARCFACE_TEMPLATE, applySimilarity, fitSimilarity, TEMPLATE_PX } from './align.ts';
import type { FiveLandmarks, Point } from './landmarks.ts';

/** Five points as shares of the crop's sides, from its top left corner; the similarity is the one that `alignFace` warps by. */
export function cropMarks(landmarks: FiveLandmarks): Point[] {
  const toCrop = fitSimilarity(landmarks, ARCFACE_TEMPLATE);
  return landmarks.map((landmark) => {
    const { x, y } = applySimilarity(toCrop, landmark);
    return { x: (x + 0.5) / TEMPLATE_PX, y: (y + 0.5) / TEMPLATE_PX };
  });
}
