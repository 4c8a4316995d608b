// Landmarks guessed from a detector's box alone, for faces too small to show any.

import type { Box } from './box.ts';
import type { FiveLandmarks, Point } from './landmarks.ts';

/** Boxes narrower than this are aligned by `landmarksFromBox`; where the two errors cross is measured in EXPERIMENTS.md. */
export const BOX_ALIGNMENT_BELOW_PX = 7;

/** Mean landmark positions as shares of the box's width and height (test/bench/imaging/fit-box-landmarks.ts). */
const SHARES: FiveLandmarks = [
  { x: 0.3, y: 0.4 },
  { x: 0.7, y: 0.4 },
  { x: 0.5, y: 0.6 },
  { x: 0.33, y: 0.77 },
  { x: 0.67, y: 0.77 },
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
