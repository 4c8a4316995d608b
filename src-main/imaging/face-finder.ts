// Pictures in, faces out: where each face is, its five landmarks, how large and how sure.

import type { Box } from './box.ts';
import { BOX_ALIGNMENT_BELOW_PX, landmarksFromBox } from './box-landmarks.ts';
import { type DetectorOptions, FaceDetector } from './detector.ts';
import type { RgbImage } from './image.ts';
import { type FiveLandmarks, LandmarkFinder } from './landmarks.ts';
import type { TensorModel } from './tensor-model.ts';

export interface FaceFinderModels {
  /** `input` [1, 3, H, W] → `scores` [1, P, 2], `regressions` [1, P, 4]. */
  readonly detector: TensorModel;
  /** `input` [N, 1, 64, 64] → `output` [N, 136]. */
  readonly landmarks: TensorModel;
}

export interface DetectedFace {
  /** In the picture's pixels; it may reach beyond the picture. */
  readonly box: Box;
  /** Probability that this is a face, 0 … 1. */
  readonly score: number;
  readonly landmarks: FiveLandmarks;
  /** Where the landmarks come from: below a few pixels the network guesses worse than the box. */
  readonly landmarkSource: 'network' | 'box';
  /** Width of the box in pixels: the size that recall and alignment are measured at. */
  readonly sizePx: number;
}

export interface FaceFinder {
  /** All faces of a picture, surest first. */
  find(image: RgbImage): Promise<DetectedFace[]>;
}

export function createFaceFinder(models: FaceFinderModels, options: DetectorOptions = {}): FaceFinder {
  const detector = new FaceDetector(models.detector, options);
  const landmarkFinder = new LandmarkFinder(models.landmarks);
  return {
    find: async (image) => {
      const found = await detector.detect(image);
      const networkLandmarks = await landmarkFinder.find(image, found);
      return found.map((box, index) => {
        const isTiny = box.width < BOX_ALIGNMENT_BELOW_PX;
        return {
          box: { x: box.x, y: box.y, width: box.width, height: box.height },
          score: box.score,
          landmarks: isTiny ? landmarksFromBox(box) : networkLandmarks[index],
          landmarkSource: isTiny ? 'box' : 'network',
          sizePx: box.width,
        };
      });
    },
  };
}

/** The face that a picture of one person is about: large and near the middle; null where there is none. */
export function mainFace<Face extends { readonly box: Box }>(
  faces: readonly Face[],
  image: RgbImage,
): Face | null {
  let best: Face | null = null;
  let leastDistance = Number.POSITIVE_INFINITY;
  for (const face of faces) {
    const { x, y, width, height } = face.box;
    const fromMiddle = Math.hypot(x + width / 2 - image.width / 2, y + height / 2 - image.height / 2);
    // Half a face height nearer and one face height taller weigh the same.
    const distance = fromMiddle - height / 2;
    if (distance >= leastDistance) continue;
    leastDistance = distance;
    best = face;
  }
  return best;
}
