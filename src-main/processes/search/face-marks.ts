// Landmarks as the window draws them over a crop.

import type { Point } from '../../contract/search.ts';
import { cropMarks } from '../../imaging/crop-marks.ts';
import type { FiveLandmarks } from '../../imaging/landmarks.ts';

/** Null for a crop taken as it is. */
export function marksOf(landmarks: FiveLandmarks | null): readonly Point[] | null {
  return landmarks && cropMarks(landmarks);
}

/** As a gallery stores them: x and y of five points in turn. */
export function storedMarks(numbers: readonly number[] | null): readonly Point[] | null {
  if (numbers === null) return null;
  const point = (at: number): Point => ({ x: numbers[at * 2], y: numbers[at * 2 + 1] });
  return cropMarks([point(0), point(1), point(2), point(3), point(4)]);
}
