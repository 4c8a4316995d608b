// Pictures of seeded noise.

import { Rng } from '../../src-main/common/rng.ts';
import type { RgbImage } from '../../src-main/imaging/image.ts';

/** Values 0 … `below` − 1. */
export function noisePicture(width: number, height: number, seed: number, below = 256): RgbImage {
  const rng = Rng.seeded(seed);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => rng.int(below)) };
}

/** One colour all over. */
export function flatPicture(width: number, height: number, colour: readonly number[]): RgbImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, at) => colour[at % 3]) };
}
