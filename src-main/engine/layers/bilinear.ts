// Small zero-padded convolutions as few products: y = output · ((weights · w) ⊙ (input · x)), pixel by pixel.
// Each ⊙ is a matrix product over channels, so fewer products are less work (Winograd 1980; Lavin & Gray 2016).

import { samePaddedSize, samePadding } from './convolution-shape.ts';

/** A matrix of plain numbers, row-major. */
export type Rows = readonly (readonly number[])[];

/** Rows of `input` are products over input pixels, of `weights` products over taps, of `output` pixels over products. */
export interface BilinearAlgorithm {
  readonly input: Rows;
  readonly weights: Rows;
  readonly output: Rows;
}

const KERNEL_SIZE = 3;

/**
 * Two pixels, three taps: y₀ = w₁x₀ + w₂x₁, y₁ = w₀x₀ + w₁x₁. The products w₁(x₀ + x₁), (w₂ − w₁)x₁, (w₀ − w₁)x₀
 * replace four.
 */
const TWO_PIXELS: BilinearAlgorithm = {
  input: [
    [1, 1],
    [0, 1],
    [1, 0],
  ],
  weights: [
    [0, 1, 0],
    [0, -1, 1],
    [1, -1, 0],
  ],
  output: [
    [1, 1, 0],
    [1, 0, 1],
  ],
};

/** Lavin & Gray's F(4, 3), without the columns of `input` that would read the padding: six products replace ten. */
const FOUR_PIXELS: BilinearAlgorithm = {
  input: [
    [0, -5, 0, 1],
    [-4, -4, 1, 1],
    [4, -4, -1, 1],
    [-2, -1, 2, 1],
    [2, -1, -2, 1],
    [4, 0, -5, 0],
  ],
  weights: [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
  output: [
    [1, 1, 1, 1, 1, 0],
    [0, 1, -1, 2, -2, 0],
    [0, 1, 1, 4, 4, 0],
    [0, 1, -1, 8, -8, 1],
  ],
};

/** The algorithm of a 3×3 SAME convolution of a square map, over its pixels and taps in row order. */
export function planarAlgorithm(inputSize: number, stride: number): BilinearAlgorithm {
  const line = lineAlgorithm(inputSize, stride);
  return {
    input: kronecker(line.input, line.input),
    weights: kronecker(line.weights, line.weights),
    output: kronecker(line.output, line.output),
  };
}

function lineAlgorithm(inputSize: number, stride: number): BilinearAlgorithm {
  if (stride === 1 && inputSize === 2) return TWO_PIXELS;
  if (stride === 1 && inputSize === 4) return FOUR_PIXELS;
  return directAlgorithm(inputSize, stride);
}

/** One product for each tap that falls on a pixel. */
function directAlgorithm(inputSize: number, stride: number): BilinearAlgorithm {
  const outputSize = samePaddedSize(inputSize, stride);
  const { before } = samePadding(inputSize, KERNEL_SIZE, stride);
  const products: { pixel: number; tap: number; result: number }[] = [];
  for (let result = 0; result < outputSize; result++) {
    for (let tap = 0; tap < KERNEL_SIZE; tap++) {
      const pixel = result * stride + tap - before;
      if (pixel >= 0 && pixel < inputSize) products.push({ pixel, tap, result });
    }
  }
  return {
    input: products.map(({ pixel }) => unit(inputSize, pixel)),
    weights: products.map(({ tap }) => unit(KERNEL_SIZE, tap)),
    output: Array.from({ length: outputSize }, (_, row) =>
      products.map(({ result }) => (result === row ? 1 : 0)),
    ),
  };
}

function unit(length: number, position: number): number[] {
  return Array.from({ length }, (_, index) => (index === position ? 1 : 0));
}

/** Rows and columns of the result run over pairs, the second index fastest. */
function kronecker(left: Rows, right: Rows): number[][] {
  return left.flatMap((leftRow) =>
    right.map((rightRow) => leftRow.flatMap((leftValue) => rightRow.map((value) => leftValue * value))),
  );
}
