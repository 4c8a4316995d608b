// Five landmarks of a face from the 68-point network: crop, run, reduce.

import { assert } from '../common/assert.ts';
import type { Box } from './box.ts';
import type { RgbImage } from './image.ts';
import type { TensorModel } from './tensor-model.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Left eye, right eye, nose tip, left and right mouth corner as the viewer sees them; pixel centres lie on whole numbers. */
export type FiveLandmarks = readonly [Point, Point, Point, Point, Point];

const CROP_PX = 64;
const POINTS = 68;

/** Points of the 68-point scheme (iBUG 300-W) whose mean is each of the five. */
const FIVE_FROM_68 = [[37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64]] as const;

/** Faces a batch of the network may hold. */
const MOST_PER_BATCH = 64;

/** A square region of a picture, in pixels from its edges. */
export interface Square {
  readonly centreX: number;
  readonly centreY: number;
  readonly side: number;
}

/**
 * How far the crop's centre lies below the box's, as a share of the box's height: the middle of the flat minimum of the
 * alignment error on training faces. At 0 the teacher loses almost a point on LFW (EXPERIMENTS.md).
 */
const SQUARE_DROP = 0.08;

/** The crop that suits the network: as high and wide as the box is high, a little lower. */
export function landmarkSquare(box: Box): Square {
  return {
    centreX: box.x + box.width / 2,
    centreY: box.y + box.height * (0.5 + SQUARE_DROP),
    side: box.height,
  };
}

export class LandmarkFinder {
  readonly #model: TensorModel;

  /** `model` maps `input` [N, 1, 64, 64] to `output` [N, 136]: 68 points in shares of the crop. */
  constructor(model: TensorModel) {
    this.#model = model;
  }

  /** Landmarks of each box, in their order. */
  async find(image: RgbImage, boxes: readonly Box[]): Promise<FiveLandmarks[]> {
    const found: FiveLandmarks[] = [];
    for (let first = 0; first < boxes.length; first += MOST_PER_BATCH) {
      const squares = boxes.slice(first, first + MOST_PER_BATCH).map(landmarkSquare);
      for (const points of await this.findPoints(image, squares)) found.push(fiveOf(points));
    }
    return found;
  }

  /** All 68 points of the face in each square, in one batch. */
  async findPoints(image: RgbImage, squares: readonly Square[]): Promise<Point[][]> {
    if (squares.length === 0) return [];
    const plane = CROP_PX * CROP_PX;
    const data = new Float32Array(squares.length * plane);
    for (const [index, square] of squares.entries())
      fillGreyCrop(image, square, data.subarray(index * plane, (index + 1) * plane));
    const { output } = await this.#model.run({
      input: { data, dims: [squares.length, 1, CROP_PX, CROP_PX] },
    });
    assert(
      output?.data.length === squares.length * POINTS * 2,
      'the landmark network must return 68 points per face',
    );
    return squares.map((square, index) => pointsOf(output.data.subarray(index * POINTS * 2), square));
  }
}

function pointsOf(shares: Float32Array, { centreX, centreY, side }: Square): Point[] {
  return Array.from({ length: POINTS }, (_, point) => ({
    x: centreX + (shares[point * 2] - 0.5) * side - 0.5,
    y: centreY + (shares[point * 2 + 1] - 0.5) * side - 0.5,
  }));
}

/** The five landmarks of 68 points. */
export function fiveOf(points: readonly Point[]): FiveLandmarks {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = FIVE_FROM_68.map((indices) => {
    let x = 0;
    let y = 0;
    for (const index of indices) {
      x += points[index].x / indices.length;
      y += points[index].y / indices.length;
    }
    return { x, y };
  });
  return [leftEye, rightEye, nose, leftMouth, rightMouth];
}

/** Writes the square as 64 × 64 luma / 256: area-averaged when it is larger, bilinear when smaller, edges repeated. */
function fillGreyCrop(image: RgbImage, square: Square, target: Float32Array): void {
  const step = square.side / CROP_PX;
  const samples = Math.max(1, Math.ceil(step));
  const left = square.centreX - square.side / 2;
  const top = square.centreY - square.side / 2;
  const weight = 1 / (256 * samples * samples);
  for (let row = 0; row < CROP_PX; row++) {
    for (let column = 0; column < CROP_PX; column++) {
      let sum = 0;
      for (let subRow = 0; subRow < samples; subRow++) {
        const y = top + (row + (subRow + 0.5) / samples) * step - 0.5;
        for (let subColumn = 0; subColumn < samples; subColumn++) {
          const x = left + (column + (subColumn + 0.5) / samples) * step - 0.5;
          sum += lumaAt(image, x, y);
        }
      }
      target[row * CROP_PX + column] = sum * weight;
    }
  }
}

/** ITU-R BT.601 luma, bilinear. */
function lumaAt({ data, width, height }: RgbImage, x: number, y: number): number {
  const clampedX = Math.min(Math.max(x, 0), width - 1);
  const clampedY = Math.min(Math.max(y, 0), height - 1);
  const left = Math.floor(clampedX);
  const top = Math.floor(clampedY);
  const fractionX = clampedX - left;
  const fractionY = clampedY - top;
  const at = (top * width + left) * 3;
  const right = left < width - 1 ? 3 : 0;
  const down = top < height - 1 ? width * 3 : 0;
  const upper = lumaOf(data, at) * (1 - fractionX) + lumaOf(data, at + right) * fractionX;
  const lower = lumaOf(data, at + down) * (1 - fractionX) + lumaOf(data, at + down + right) * fractionX;
  return upper + (lower - upper) * fractionY;
}

function lumaOf(data: Uint8Array, at: number): number {
  return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
}
