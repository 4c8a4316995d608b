// Landmarks guessed from a detector's box alone, for faces too small to show any.

import type { Box } from './box.ts';
import type { FiveLandmarks, Point } from './landmarks.ts';

/** Boxes narrower than this are aligned by `landmarksFromBox`; where the two errors cross is measured in EXPERIMENTS.md. */
export const BOX_ALIGNMENT_BELOW_PX = 6;

/** Mean landmark positions as shares of the box, made symmetric (test/bench/imaging/fit-on-training-faces.ts). */
const SHARES: FiveLandmarks = [
  { x: 0.264, y: 0.383 },
  { x: 0.736, y: 0.383 },
  { x: 0.5, y: 0.586 },
  { x: 0.305, y: 0.794 },
  { x: 0.695, y: 0.794 },
];

/** Where an average frontal face has its landmarks in such a box; pixel centres lie on whole numbers. */
export function landmarksFromBox(box: Box): FiveLandmarks {
  const place = (share: Point): Point => ({
    x: box.x + share.x * box.width - 0.5,
    y: box.y + share.y * box.height - 0.5,
  });
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = SHARES;
  return [place(leftEye), place(rightEye), place(nose), place(leftMouth), place(rightMouth)];
}
