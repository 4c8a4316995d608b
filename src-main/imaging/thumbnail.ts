// A small grey picture of a frame: what tells whether anything in it has moved.

import type { RgbImage } from './image.ts';

/** So many pixels of the frame become one: a face 16 px wide is 2 × 3 pixels then, and sensor noise is averaged away. */
const STEP_PX = 8;

/** Means of ITU-R BT.601 luma over squares of 8 × 8 pixels; a rest at the right and bottom edge is left out. */
export function greyThumbnail(image: RgbImage): { width: number; height: number; pixels: Uint8Array } {
  const stepX = Math.min(STEP_PX, image.width);
  const stepY = Math.min(STEP_PX, image.height);
  const width = Math.floor(image.width / stepX);
  const height = Math.floor(image.height / stepY);
  const sums = new Float64Array(width * height);
  for (let y = 0; y < height * stepY; y++) {
    const row = Math.floor(y / stepY) * width;
    let at = y * image.width * 3;
    for (let x = 0; x < width * stepX; x++, at += 3) {
      const luma = 0.299 * image.data[at] + 0.587 * image.data[at + 1] + 0.114 * image.data[at + 2];
      sums[row + Math.floor(x / stepX)] += luma;
    }
  }
  const count = stepX * stepY;
  return { width, height, pixels: Uint8Array.from(sums, (sum) => Math.round(sum / count)) };
}
