// The geometry of a convolution with TensorFlow's SAME padding and equal strides.

/** Square maps; k × k × C_in × C_out weights, no bias. */
export interface ConvolutionShape {
  readonly inputSize: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
}

/** Side of the output map. */
export function samePaddedSize(inputSize: number, stride: number): number {
  return Math.ceil(inputSize / stride);
}

/** TensorFlow's SAME: ⌊total / 2⌋ zeros before, the rest after, in each direction. */
export function samePadding(
  inputSize: number,
  kernelSize: number,
  stride: number,
): { before: number; after: number } {
  const outputSize = samePaddedSize(inputSize, stride);
  const total = Math.max((outputSize - 1) * stride + kernelSize - inputSize, 0);
  const before = Math.floor(total / 2);
  return { before, after: total - before };
}

/** The pixels that a strided 1×1 convolution reads, in row order. */
export function pixelsSeen(inputSize: number, stride: number): Int32Array {
  const seen: number[] = [];
  for (let y = 0; y < inputSize; y += stride) {
    for (let x = 0; x < inputSize; x += stride) seen.push(y * inputSize + x);
  }
  return Int32Array.from(seen);
}
