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
  readonly starts: Int32Array;
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
  }
  return { starts, taps, weights };
}

/** Resamples prepared for one pair of sizes; build it once and call it for many pictures. */
export class BicubicResizer {
  readonly #inputWidth: number;
  readonly #inputHeight: number;
  readonly #width: number;
  readonly #height: number;
  readonly #horizontal: FilterBank;
  readonly #vertical: FilterBank;
  readonly #rows: Float64Array;

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
    this.#rows = new Float64Array(input.height * output.width * 3);
  }

  /** Computes in float and rounds once, at the end. Throws RangeError for a picture of another size. */
  resize(image: RgbImage): RgbImage {
    if (image.width !== this.#inputWidth || image.height !== this.#inputHeight) {
      throw new RangeError(
        `resizer is for ${this.#inputWidth}×${this.#inputHeight}, picture is ${image.width}×${image.height}`,
      );
    }
    this.#filterRows(image.data);
    return { width: this.#width, height: this.#height, data: this.#filterColumns() };
  }

  #filterRows(data: Uint8Array): void {
    const { starts, taps, weights } = this.#horizontal;
    const rows = this.#rows;
    for (let y = 0; y < this.#inputHeight; y++) {
      for (let x = 0; x < this.#width; x++) {
        const first = starts[x];
        const count = Math.min(taps, this.#inputWidth - first);
        let red = 0;
        let green = 0;
        let blue = 0;
        for (let tap = 0, from = (y * this.#inputWidth + first) * 3; tap < count; tap++, from += 3) {
          const weight = weights[x * taps + tap];
          red += weight * data[from];
          green += weight * data[from + 1];
          blue += weight * data[from + 2];
        }
        const to = (y * this.#width + x) * 3;
        rows[to] = red;
        rows[to + 1] = green;
        rows[to + 2] = blue;
      }
    }
  }

  #filterColumns(): Uint8Array {
    const { starts, taps, weights } = this.#vertical;
    const stride = this.#width * 3;
    const output = new Uint8Array(this.#height * stride);
    for (let y = 0; y < this.#height; y++) {
      const first = starts[y];
      const count = Math.min(taps, this.#inputHeight - first);
      for (let column = 0; column < stride; column++) {
        let sum = 0;
        for (let tap = 0; tap < count; tap++)
          sum += weights[y * taps + tap] * this.#rows[(first + tap) * stride + column];
        output[y * stride + column] = toByte(sum);
      }
    }
    return output;
  }
}

/** Resamples one picture to width × height. */
export function resizeBicubic(image: RgbImage, width: number, height: number, antialias = true): RgbImage {
  if (image.width === width && image.height === height) return image;
  return new BicubicResizer(image, { width, height }, antialias).resize(image);
}
