// The one in-memory picture: 8-bit RGB, interleaved.

/** Height × width × 3 bytes, RGB, row-major, no padding. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Rounds to the nearest byte and clamps to 0 … 255. */
export function toByte(value: number): number {
  if (value <= 0) return 0;
  if (value >= 255) return 255;
  return (value + 0.5) | 0;
}

/** The picture seen in a mirror. */
export function mirror(image: RgbImage): RgbImage {
  const { width, height, data } = image;
  const mirrored = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = (y * width + width - 1 - x) * 3;
      mirrored[to] = data[from];
      mirrored[to + 1] = data[from + 1];
      mirrored[to + 2] = data[from + 2];
    }
  }
  return { width, height, data: mirrored };
}

/** A part of a picture; `region` is in whole pixels and inside it. */
export function cropImage(
  image: RgbImage,
  region: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): RgbImage {
  const { width, height } = region;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((region.y + y) * image.width + region.x) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** Half the size by averaging 2×2 pixels; an odd last row or column is left out. */
export function halve(image: RgbImage): RgbImage {
  const width = Math.max(image.width >> 1, 1);
  const height = Math.max(image.height >> 1, 1);
  const source = image.data;
  const stride = image.width * 3;
  const right = image.width > 1 ? 3 : 0;
  const down = image.height > 1 ? stride : 0;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = 2 * y * stride; x < width; x++, from += 6) {
      for (let channel = 0; channel < 3; channel++, to++) {
        const at = from + channel;
        data[to] = (source[at] + source[at + right] + source[at + down] + source[at + right + down] + 2) >> 2;
      }
    }
  }
  return { width, height, data };
}
