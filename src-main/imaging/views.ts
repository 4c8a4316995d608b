// Teacher views: repeatable random variants of an aligned face, drawn at full resolution before degradation.

import { Rng } from '../common/rng.ts';
import { mirror, type RgbImage, toByte } from './image.ts';
import { warpSimilarity } from './warp.ts';

/** How far a view may stray from the plain face; a part of every cache key. */
export interface ViewRecipe {
  /** Scale is e^±this. */
  readonly scaleLog: number;
  readonly rotationDegrees: number;
  readonly shiftPx: number;
  /** Brightness and contrast factors are e^±these. */
  readonly brightnessLog: number;
  readonly contrastLog: number;
  readonly saturationLog: number;
  readonly seed: number;
}

export const DEFAULT_VIEW_RECIPE: ViewRecipe = {
  scaleLog: 0.08,
  rotationDegrees: 6,
  shiftPx: 4,
  brightnessLog: 0.25,
  contrastLog: 0.25,
  saturationLog: 0.4,
  seed: 20260101,
};

/** Views that no recipe changes: the plain face, then its mirror image. */
export const PLAIN_VIEWS = 2;

/** View 0 is the face itself, view 1 its mirror image, every further one a jittered draw that only (seed, face, view) fix. */
export function renderView(face: RgbImage, recipe: ViewRecipe, faceIndex: number, view: number): RgbImage {
  if (view === 0) return face;
  if (view === 1) return mirror(face);
  const rng = Rng.seeded(recipe.seed, faceIndex, view);
  const scale = Math.exp(rng.uniform(-recipe.scaleLog, recipe.scaleLog));
  const angle = (rng.uniform(-recipe.rotationDegrees, recipe.rotationDegrees) * Math.PI) / 180;
  const shiftX = rng.uniform(-recipe.shiftPx, recipe.shiftPx);
  const shiftY = rng.uniform(-recipe.shiftPx, recipe.shiftPx);
  const source = rng.next() < 0.5 ? mirror(face) : face;
  const a = Math.cos(angle) / scale;
  const b = Math.sin(angle) / scale;
  const centerX = (face.width - 1) / 2;
  const centerY = (face.height - 1) / 2;
  const toInput = {
    a,
    b,
    tx: centerX - a * (centerX + shiftX) + b * (centerY + shiftY),
    ty: centerY - b * (centerX + shiftX) - a * (centerY + shiftY),
  };
  const warped = warpSimilarity(source, toInput, face.width, face.height);
  return jitterColour(warped, {
    brightness: Math.exp(rng.uniform(-recipe.brightnessLog, recipe.brightnessLog)),
    contrast: Math.exp(rng.uniform(-recipe.contrastLog, recipe.contrastLog)),
    saturation: Math.exp(rng.uniform(-recipe.saturationLog, recipe.saturationLog)),
  });
}

interface ColourFactors {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

/** Saturation about each pixel's luma, contrast about the picture's mean luma, then brightness; rounded once. */
function jitterColour(image: RgbImage, factors: ColourFactors): RgbImage {
  const { data } = image;
  const { brightness, contrast, saturation } = factors;
  let lumaSum = 0;
  for (let i = 0; i < data.length; i += 3) lumaSum += luma(data, i);
  const mean = lumaSum / (data.length / 3);
  const output = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const grey = luma(data, i);
    for (let channel = 0; channel < 3; channel++) {
      const saturated = grey + (data[i + channel] - grey) * saturation;
      output[i + channel] = toByte((mean + (saturated - mean) * contrast) * brightness);
    }
  }
  return { width: image.width, height: image.height, data: output };
}

function luma(data: Uint8Array, at: number): number {
  return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
}
