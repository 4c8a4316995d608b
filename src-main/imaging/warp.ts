// Similarity transforms of pictures: scale, rotation and shift, sampled bilinearly.

import { type RgbImage, toByte } from './image.ts';

/** Maps output pixel (x, y) to input pixel (a·x − b·y + tx, b·x + a·y + ty); pixel centres lie on whole numbers. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** Draws the output by asking the input at each mapped position; outside, the nearest edge pixel repeats. */
export function warpSimilarity(
  image: RgbImage,
  toInput: Similarity,
  width: number,
  height: number,
): RgbImage {
  const { a, b, tx, ty } = toInput;
  const output = new Uint8Array(width * height * 3);
  const maxX = image.width - 1;
  const maxY = image.height - 1;
  const { data } = image;
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = Math.min(Math.max(a * x - b * y + tx, 0), maxX);
      const sourceY = Math.min(Math.max(b * x + a * y + ty, 0), maxY);
      const left = Math.floor(sourceX);
      const top = Math.floor(sourceY);
      const fractionX = sourceX - left;
      const fractionY = sourceY - top;
      const topLeft = (top * image.width + left) * 3;
      const right = left < maxX ? 3 : 0;
      const down = top < maxY ? image.width * 3 : 0;
      for (let channel = 0; channel < 3; channel++) {
        const at = topLeft + channel;
        const upper = data[at] + (data[at + right] - data[at]) * fractionX;
        const lower = data[at + down] + (data[at + down + right] - data[at + down]) * fractionX;
        output[to++] = toByte(upper + (lower - upper) * fractionY);
      }
    }
  }
  return { width, height, data: output };
}
