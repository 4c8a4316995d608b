// How far a face can be trusted: size, sharpness, light, pose and detection score, each with a reason when it is poor.

import { ARCFACE_TEMPLATE, applySimilarity, fitSimilarity } from './align.ts';
import type { DetectedFace } from './face-finder.ts';
import type { RgbImage } from './image.ts';
import type { FiveLandmarks } from './landmarks.ts';

export type QualityReason =
  | 'small'
  | 'blurred'
  | 'dark'
  | 'bright'
  | 'flat'
  | 'turned'
  | 'tilted'
  | 'unsure'
  /** A crop taken as it is, whose sides differ: a network sees it pressed to a square. */
  | 'not square';

export interface FaceQuality {
  /** Width of the box in picture pixels. */
  readonly sizePx: number;
  readonly score: number;
  /** Variance of the Laplacian of luma on the aligned face: under about 30 little is in focus. */
  readonly sharpness: number;
  /** Mean and standard deviation of luma on the aligned face, 0 … 255. */
  readonly brightness: number;
  readonly contrast: number;
  /** −1 … 1: where the nose lies between the eyes; 0 looks straight ahead. */
  readonly turn: number;
  /** Degrees by which the line of the eyes departs from the horizontal. */
  readonly rollDegrees: number;
  /** What speaks against the face; empty for a good one. */
  readonly reasons: readonly QualityReason[];
}

/** Where a reason begins. First guesses, to be replaced by limits fitted to match errors. */
export interface QualityLimits {
  readonly sizePx: number;
  readonly score: number;
  readonly sharpness: number;
  readonly darkest: number;
  readonly brightest: number;
  readonly contrast: number;
  readonly turn: number;
  readonly rollDegrees: number;
}

export const DEFAULT_QUALITY_LIMITS: QualityLimits = {
  sizePx: 12,
  score: 0.8,
  sharpness: 30,
  darkest: 40,
  brightest: 220,
  contrast: 15,
  turn: 0.5,
  rollDegrees: 45,
};

/** Judges a detected face; `aligned` is what `alignFace` made of it. */
export function assessQuality(
  face: DetectedFace,
  aligned: RgbImage,
  limits: QualityLimits = DEFAULT_QUALITY_LIMITS,
): FaceQuality {
  const { mean, deviation, laplacianVariance } = lumaFiguresOf(aligned);
  const measured = {
    sizePx: face.sizePx,
    score: face.score,
    sharpness: laplacianVariance,
    brightness: mean,
    contrast: deviation,
    turn: turnOf(face.landmarks),
    rollDegrees: rollDegreesOf(face.landmarks),
  };
  const reasons: QualityReason[] = [];
  if (measured.sizePx < limits.sizePx) reasons.push('small');
  if (measured.sharpness < limits.sharpness) reasons.push('blurred');
  if (measured.brightness < limits.darkest) reasons.push('dark');
  if (measured.brightness > limits.brightest) reasons.push('bright');
  if (measured.contrast < limits.contrast) reasons.push('flat');
  if (Math.abs(measured.turn) > limits.turn) reasons.push('turned');
  if (Math.abs(measured.rollDegrees) > limits.rollDegrees) reasons.push('tilted');
  if (measured.score < limits.score) reasons.push('unsure');
  return { ...measured, reasons };
}

/** From here on a face says all it can, as far as size goes. */
const FULL_SIZE_PX = 48;
const FULL_SHARPNESS = 300;
const LEAST_WEIGHT = 0.05;

/**
 * How much a face counts in a template, 0 … 1: the product of what size, sharpness, pose and detection leave of it.
 * Where the pose is unknown (a crop enrolled as it is), `turn` and `rollDegrees` are 0. First guesses, as the limits are.
 */
export function qualityWeight({ sizePx, sharpness, turn, rollDegrees, score }: FaceQuality): number {
  const bySize = Math.sqrt(Math.min(sizePx / FULL_SIZE_PX, 1));
  const bySharpness = 0.5 + 0.5 * Math.min(sharpness / FULL_SHARPNESS, 1);
  const byPose = (1 - 0.6 * Math.abs(turn)) * (1 - 0.3 * Math.min(Math.abs(rollDegrees) / 90, 1));
  return Math.max(bySize * bySharpness * byPose * score, LEAST_WEIGHT);
}

/** Sides that differ by more than this share change a face's proportions. */
const SQUARE_WITHIN = 0.1;

/** Judges a crop that is taken as it is: nothing is known of pose and detection. */
export function assessCrop(crop: RgbImage, limits: QualityLimits = DEFAULT_QUALITY_LIMITS): FaceQuality {
  const landmarks = ARCFACE_TEMPLATE;
  const box = { x: 0, y: 0, width: crop.width, height: crop.height };
  const face: DetectedFace = { box, score: 1, landmarks, landmarkSource: 'box', sizePx: crop.width };
  const { reasons, ...measured } = assessQuality(face, crop, limits);
  return {
    ...measured,
    turn: 0,
    rollDegrees: 0,
    reasons: [
      ...reasons.filter((reason) => reason !== 'turned' && reason !== 'tilted'),
      ...(isSquare(crop) ? [] : (['not square'] as const)),
    ],
  };
}

function isSquare({ width, height }: RgbImage): boolean {
  return Math.abs(width - height) <= SQUARE_WITHIN * Math.max(width, height);
}

/** The nose's place between the eyes on the upright face: −1 at the viewer's left eye, 1 at the right one. */
export function turnOf(landmarks: FiveLandmarks): number {
  const upright = fitSimilarity(landmarks, ARCFACE_TEMPLATE);
  const [leftEye, rightEye, nose] = landmarks.map((point) => applySimilarity(upright, point));
  const halfDistance = (rightEye.x - leftEye.x) / 2;
  if (halfDistance <= 0) return nose.x < leftEye.x ? -1 : 1;
  const turn = (nose.x - (leftEye.x + rightEye.x) / 2) / halfDistance;
  return Math.min(Math.max(turn, -1), 1);
}

/** Clockwise turn of the eyes' line, as the viewer sees it. */
export function rollDegreesOf([leftEye, rightEye]: FiveLandmarks): number {
  return (Math.atan2(rightEye.y - leftEye.y, rightEye.x - leftEye.x) * 180) / Math.PI;
}

interface LumaFigures {
  readonly mean: number;
  readonly deviation: number;
  /** Variance of the four-neighbour Laplacian over inner pixels; 0 for pictures without any. */
  readonly laplacianVariance: number;
}

/** Figures of ITU-R BT.601 luma in one pass that holds three rows of it. */
function lumaFiguresOf(image: RgbImage): LumaFigures {
  const { width, height } = image;
  const rows = Array.from({ length: 3 }, () => new Float32Array(width));
  const [luma, laplacian] = [new Sums(), new Sums()];
  for (let y = 0; y < height; y++) {
    const row = rows[y % 3];
    readLuma(image, y, row, luma);
    if (y >= 2) addLaplacian(rows[(y - 2) % 3], rows[(y - 1) % 3], row, laplacian);
  }
  const { mean, deviation } = luma.spreadOver(width * height);
  const isThin = width < 3 || height < 3;
  const inner = isThin ? null : laplacian.spreadOver((width - 2) * (height - 2));
  return { mean, deviation, laplacianVariance: inner === null ? 0 : inner.deviation ** 2 };
}

class Sums {
  sum = 0;
  squares = 0;

  spreadOver(count: number): { mean: number; deviation: number } {
    const mean = this.sum / count;
    return { mean, deviation: Math.sqrt(Math.max(this.squares / count - mean * mean, 0)) };
  }
}

function readLuma({ data, width }: RgbImage, y: number, row: Float32Array, sums: Sums): void {
  let { sum, squares } = sums;
  for (let x = 0, at = y * width * 3; x < width; x++, at += 3) {
    row[x] = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
    const value = row[x];
    sum += value;
    squares += value * value;
  }
  sums.sum = sum;
  sums.squares = squares;
}

function addLaplacian(above: Float32Array, row: Float32Array, below: Float32Array, sums: Sums): void {
  let { sum, squares } = sums;
  for (let x = 1; x < row.length - 1; x++) {
    const response = row[x - 1] + row[x + 1] + above[x] + below[x] - 4 * row[x];
    sum += response;
    squares += response * response;
  }
  sums.sum = sum;
  sums.squares = squares;
}
