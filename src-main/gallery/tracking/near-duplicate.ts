// Frames that show what the last kept frame showed: told by small grey thumbnails, given as bytes.

import { ensure } from '../../common/errors.ts';

/** 8-bit grey, row-major; an eighth of the frame, so that a block of 4 px is 32 px of it. */
export interface GreyThumbnail {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export interface NearDuplicateOptions {
  /** Frames whose most changed block differs by less, in grey levels 0 … 255, are near-duplicates. Default 6. */
  readonly leastChange?: number;
  /** Side of a block in pixels of the thumbnail. Default 4: a small face moving in a still scene changes few of them. */
  readonly blockPx?: number;
}

/**
 * The mean absolute difference of the most changed block, in grey levels. A mean over the whole frame would overlook one person
 * far away; a single pixel would answer to noise. An overall change of brightness is taken off first, as automatic exposure
 * makes it. Throws `bad-data` for thumbnails of different or wrong sizes.
 */
export function largestBlockChange(before: GreyThumbnail, after: GreyThumbnail, blockPx = 4): number {
  ensureThumbnail(before);
  ensureThumbnail(after);
  ensure(
    before.width === after.width && before.height === after.height,
    'bad-data',
    `thumbnails of ${before.width}×${before.height} and ${after.width}×${after.height} px cannot be compared`,
  );
  ensure(
    Number.isInteger(blockPx) && blockPx >= 1,
    'bad-usage',
    `a block is 1 px wide or more, not ${blockPx}`,
  );
  const brightness = medianDifference(before.pixels, after.pixels);
  let largest = 0;
  for (let top = 0; top < before.height; top += blockPx) {
    for (let left = 0; left < before.width; left += blockPx) {
      largest = Math.max(largest, blockChange(before, after, left, top, blockPx, brightness));
    }
  }
  return largest;
}

/** Says of one frame after another whether it is worth keeping, against the last one that was. */
export class NearDuplicateFilter {
  readonly #leastChange: number;
  readonly #blockPx: number;
  #kept: GreyThumbnail | null = null;

  constructor({ leastChange = 6, blockPx = 4 }: NearDuplicateOptions = {}) {
    ensure(leastChange >= 0, 'bad-usage', `the least change is 0 grey levels or more, not ${leastChange}`);
    this.#leastChange = leastChange;
    this.#blockPx = blockPx;
  }

  /** True for the first frame and for each that differs enough from the last kept one; a frame of another size always does. */
  keeps(thumbnail: GreyThumbnail): boolean {
    ensureThumbnail(thumbnail);
    const last = this.#kept;
    const isComparable = last !== null && last.width === thumbnail.width && last.height === thumbnail.height;
    if (isComparable && largestBlockChange(last, thumbnail, this.#blockPx) < this.#leastChange) return false;
    this.#kept = { ...thumbnail, pixels: thumbnail.pixels.slice() };
    return true;
  }
}

function blockChange(
  before: GreyThumbnail,
  after: GreyThumbnail,
  left: number,
  top: number,
  blockPx: number,
  brightness: number,
): number {
  const right = Math.min(left + blockPx, before.width);
  const bottom = Math.min(top + blockPx, before.height);
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * before.width + x;
      sum += Math.abs(after.pixels[at] - before.pixels[at] - brightness);
    }
  }
  return sum / ((right - left) * (bottom - top));
}

/** The median, not the mean: something large that moves is no change of exposure. */
function medianDifference(before: Uint8Array, after: Uint8Array): number {
  const counts = new Uint32Array(511);
  for (let at = 0; at < before.length; at++) counts[after[at] - before[at] + 255]++;
  let seen = 0;
  for (let difference = 0; difference < counts.length; difference++) {
    seen += counts[difference];
    if (2 * seen >= before.length) return difference - 255;
  }
  return 0;
}

function ensureThumbnail({ width, height, pixels }: GreyThumbnail): void {
  const isFull = width >= 1 && height >= 1 && pixels.length === width * height;
  ensure(isFull, 'bad-data', `a grey thumbnail of ${width}×${height} px has ${pixels.length} bytes`);
}
