// Bicubic resampling with anti-aliasing (a = −0.5), the kernel of PIL's `resize(BICUBIC)` and MATLAB's `imresize`.

import { type RgbImage, toByte } from './image.ts';

const CUBIC_A = -0.5;
const CUBIC_SUPPORT = 2;

/** Keys' cubic convolution kernel with a = −0.5; zero outside (−2, 2). */
export function cubicKernel(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * CUBIC_A;
  return 0;
}

/** For each output position: where its input window starts and the weights of the window, which sum to 1. */
interface FilterBank {
  readonly inputSize: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** Room for weights at each output position. */
  readonly taps: number;
  readonly weights: Float64Array;
}

/** One axis of the filter: the kernel is widened by the scale when shrinking (anti-aliasing), as PIL does. */
function filterBank(inputSize: number, outputSize: number, antialias: boolean): FilterBank {
  const scale = inputSize / outputSize;
  const stretch = antialias ? Math.max(scale, 1) : 1;
  const support = CUBIC_SUPPORT * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(outputSize);
  const counts = new Int32Array(outputSize);
  const weights = new Float64Array(outputSize * taps);
  for (let out = 0; out < outputSize; out++) {
    const center = (out + 0.5) * scale;
    const first = Math.max(Math.trunc(center - support + 0.5), 0);
    const last = Math.min(Math.trunc(center + support + 0.5), inputSize);
    let total = 0;
    for (let tap = 0; tap < last - first; tap++) {
      const weight = cubicKernel((first + tap - center + 0.5) / stretch);
      weights[out * taps + tap] = weight;
      total += weight;
    }
    for (let tap = 0; tap < last - first; tap++) weights[out * taps + tap] /= total;
    starts[out] = first;
    counts[out] = last - first;
  }
  return { inputSize, starts, counts, taps, weights };
}

/** Resamples prepared for one pair of sizes; build it once and call it for many pictures. */
export class BicubicResizer {
  readonly #inputWidth: number;
  readonly #inputHeight: number;
  readonly #width: number;
  readonly #height: number;
  readonly #horizontal: FilterBank;
  readonly #vertical: FilterBank;
  /** Pillow 13 filters columns first where that shrinks and rows would grow; elsewhere rows first. */
  readonly #isVerticalFirst: boolean;
  readonly #between: Uint8Array;

  constructor(
    input: { width: number; height: number },
    output: { width: number; height: number },
    antialias = true,
  ) {
    this.#inputWidth = input.width;
    this.#inputHeight = input.height;
    this.#width = output.width;
    this.#height = output.height;
    this.#horizontal = filterBank(input.width, output.width, antialias);
    this.#vertical = filterBank(input.height, output.height, antialias);
    this.#isVerticalFirst = output.height < input.height && output.width > input.width;
    this.#between = new Uint8Array(
      (this.#isVerticalFirst ? output.height * input.width : input.height * output.width) * 3,
    );
  }

  /**
   * Filters one axis, then the other, each in float and rounded to bytes: PIL's way, whose clamping between the two
   * shows at hard edges (by up to 11 grey levels). Throws RangeError for a picture of another size.
   */
  resize(image: RgbImage): RgbImage {
    if (image.width !== this.#inputWidth || image.height !== this.#inputHeight) {
      throw new RangeError(
        `resizer is for ${this.#inputWidth}×${this.#inputHeight}, picture is ${image.width}×${image.height}`,
      );
    }
    const data = new Uint8Array(this.#width * this.#height * 3);
    if (this.#isVerticalFirst) {
      filterColumns(image.data, this.#between, this.#inputWidth, this.#vertical);
      filterRows(this.#between, data, this.#height, this.#horizontal);
    } else {
      filterRows(image.data, this.#between, this.#inputHeight, this.#horizontal);
      filterColumns(this.#between, data, this.#width, this.#vertical);
    }
    return { width: this.#width, height: this.#height, data };
  }
}

/** Resamples every row of `source` into `target`. Neighbouring windows overlap: each byte becomes a number once. */
function filterRows(source: Uint8Array, target: Uint8Array, rowCount: number, bank: FilterBank): void {
  const { starts, counts, taps, weights, inputSize } = bank;
  const width = starts.length;
  const row = new Float64Array(inputSize * 3);
  for (let y = 0; y < rowCount; y++) {
    const first = y * inputSize * 3;
    for (let at = 0; at < row.length; at++) row[at] = source[first + at];
    for (let x = 0; x < width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let from = starts[x] * 3;
      const end = x * taps + counts[x];
      for (let tap = x * taps; tap < end; tap++, from += 3) {
        const weight = weights[tap];
        red += weight * row[from];
        green += weight * row[from + 1];
        blue += weight * row[from + 2];
      }
      const to = (y * width + x) * 3;
      target[to] = toByte(red);
      target[to + 1] = toByte(green);
      target[to + 2] = toByte(blue);
    }
  }
}

/** Resamples every column of `source`, a picture of `width` columns, into `target`. */
function filterColumns(source: Uint8Array, target: Uint8Array, width: number, bank: FilterBank): void {
  const { starts, counts, taps, weights } = bank;
  const sums = new Float64Array(width * 3);
  for (let y = 0; y < starts.length; y++) {
    sums.fill(0);
    for (let tap = 0; tap < counts[y]; tap++) {
      const weight = weights[y * taps + tap];
      const from = (starts[y] + tap) * sums.length;
      for (let at = 0; at < sums.length; at++) sums[at] += weight * source[from + at];
    }
    const to = y * sums.length;
    for (let at = 0; at < sums.length; at++) target[to + at] = toByte(sums[at]);
  }
}

/** Resamples one picture to width × height. */
export function resizeBicubic(image: RgbImage, width: number, height: number, antialias = true): RgbImage {
  if (image.width === width && image.height === height) return image;
  return new BicubicResizer(image, { width, height }, antialias).resize(image);
}

/** The face as a far camera would give it: `sizePx` × `sizePx`, anti-aliased bicubic, rounded to bytes. */
export function degrade(image: RgbImage, sizePx: number): RgbImage {
  return resizeBicubic(image, sizePx, sizePx);
}

/** The weights that the middle output pixel of one axis gives its window of input pixels, and where that begins. */
export function degradationKernel(inputPx: number, outputPx: number): { firstPx: number; weights: number[] } {
  const { starts, counts, taps, weights } = filterBank(inputPx, outputPx, true);
  const middle = outputPx >> 1;
  return {
    firstPx: starts[middle],
    weights: [...weights.subarray(middle * taps, middle * taps + counts[middle])],
  };
}
