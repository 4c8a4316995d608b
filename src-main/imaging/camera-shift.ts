// Shifted cameras: what a worse camera does to a small face, for measuring whether adaptation helps.

import sharp from 'sharp';
import { Rng } from '../common/rng.ts';
import { type RgbImage, toByte } from './image.ts';

export const CAMERA_SHIFTS = ['dark', 'flat', 'noisy', 'jpeg', 'tinted'] as const;
export type CameraShift = (typeof CAMERA_SHIFTS)[number];

const BRIGHTNESS = 0.4;
const CONTRAST = 0.4;
const NOISE_SIGMA = 20;
const JPEG_QUALITY = 30;
/** Factors of red, green and blue under a warm lamp. */
const TINT = [1.3, 1, 0.6] as const;

/** What each shift is, for tables. */
export const SHIFT_MEANINGS: Readonly<Record<CameraShift, string>> = {
  dark: `brightness × ${BRIGHTNESS}`,
  flat: `contrast × ${CONTRAST} about grey 128`,
  noisy: `Gaussian noise, σ = ${NOISE_SIGMA} grey levels`,
  jpeg: `JPEG quality ${JPEG_QUALITY} at the degraded size`,
  tinted: `colour cast, red, green, blue × ${TINT.join(', ')}`,
};

/** Applies a shift to a degraded face; the seed fixes the noise. */
export async function shiftCamera(face: RgbImage, shift: CameraShift, seed: number): Promise<RgbImage> {
  if (shift === 'jpeg') return recompress(face);
  const data = new Uint8Array(face.data.length);
  const rng = Rng.seeded(seed);
  for (let i = 0; i < data.length; i++) data[i] = toByte(shiftValue(face.data[i], i % 3, shift, rng));
  return { ...face, data };
}

function shiftValue(value: number, channel: number, shift: Exclude<CameraShift, 'jpeg'>, rng: Rng): number {
  if (shift === 'dark') return value * BRIGHTNESS;
  if (shift === 'flat') return 128 + (value - 128) * CONTRAST;
  if (shift === 'tinted') return value * TINT[channel];
  return value + NOISE_SIGMA * rng.normal();
}

async function recompress({ width, height, data }: RgbImage): Promise<RgbImage> {
  const raw = { width, height, channels: 3 as const };
  const compressed = await sharp(data, { raw }).jpeg({ quality: JPEG_QUALITY }).toBuffer();
  return { width, height, data: await sharp(compressed).removeAlpha().raw().toBuffer() };
}
