// One picture of the sample: a drawn person somewhere before a wall, as a camera with its own colours and noise sees them.

import { Rng } from '../../common/rng.ts';
import { drawFace } from '../../imaging/drawn-face.ts';
import { type RgbImage, toByte } from '../../imaging/image.ts';
import { resizeBicubic } from '../../imaging/resample.ts';
import type { SamplePicture } from './sample-plan.ts';

/** Drawn larger and shrunk, as light falls on a sensor: lines thinner than a pixel stay grey. */
const DRAWN_LARGER = 4;
/** The picture, in widths of the face. */
const ACROSS = 5;
const DOWN = 3.5;

export async function drawPicture({
  person,
  camera,
  facePx,
  seed,
}: Pick<SamplePicture, 'person' | 'camera' | 'facePx' | 'seed'>): Promise<RgbImage> {
  const rng = Rng.seeded(43, seed);
  const either = (most: number): number => rng.uniform(-most, most);
  const moment = { turn: either(0.8), smile: either(1), light: either(1) };
  const drawn = await drawFace(person, facePx * DRAWN_LARGER, moment);
  const figure = resizeBicubic(drawn, Math.round(facePx * 1.5), Math.round(facePx * 1.8));
  const [width, height] = [Math.round(facePx * ACROSS), Math.round(facePx * DOWN)];
  const left = rng.int(width - figure.width);
  const top = rng.int(height - figure.height);
  const exposure = rng.uniform(0.8, 1.1);
  const factors = camera.tint.map((tint) => tint * exposure);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isFigure = x >= left && x < left + figure.width && y >= top && y < top + figure.height;
      const from = ((y - top) * figure.width + x - left) * 3;
      for (let channel = 0; channel < 3; channel++, to++) {
        const value = isFigure ? figure.data[from + channel] : camera.wall;
        data[to] = toByte(value * factors[channel] + camera.noise * rng.normal());
      }
    }
  }
  return { width, height, data };
}
