// Frames full of small faces: pictures with one known face each, shrunk until that face is so many pixels wide, side by side.

import type { Box } from '../../src-main/imaging/box.ts';
import type { RgbImage } from '../../src-main/imaging/image.ts';
import { resizeBicubic } from '../../src-main/imaging/resample.ts';

export interface FacePicture {
  readonly image: RgbImage;
  readonly face: Box;
}

export interface Mosaic {
  readonly image: RgbImage;
  /** Where the pictures that found room lie, in their order. */
  readonly cells: readonly MosaicCell[];
}

/** One shrunk picture: frame position = offset + scale × picture position (edges, not pixel centres). */
export interface MosaicCell {
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
  readonly face: Box;
}

/** Fills a grey frame row by row, until it is full or the pictures are spent. */
export function composeMosaic(
  pictures: readonly FacePicture[],
  faceWidthPx: number,
  width: number,
  height: number,
): Mosaic {
  const frame = { width, height, data: new Uint8Array(width * height * 3).fill(128) };
  const cells: MosaicCell[] = [];
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  for (const { image, face } of pictures) {
    const scale = faceWidthPx / face.width;
    const small = resizeBicubic(
      image,
      Math.max(1, Math.round(image.width * scale)),
      Math.max(1, Math.round(image.height * scale)),
    );
    if (x + small.width > width) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    if (y + small.height > height) break;
    paste(frame, small, x, y);
    const scaleX = small.width / image.width;
    const scaleY = small.height / image.height;
    cells.push({
      x,
      y,
      scaleX,
      scaleY,
      face: {
        x: x + face.x * scaleX,
        y: y + face.y * scaleY,
        width: face.width * scaleX,
        height: face.height * scaleY,
      },
    });
    x += small.width;
    rowHeight = Math.max(rowHeight, small.height);
  }
  return { image: frame, cells };
}

function paste(frame: RgbImage, picture: RgbImage, x: number, y: number): void {
  for (let row = 0; row < picture.height; row++) {
    const from = row * picture.width * 3;
    frame.data.set(picture.data.subarray(from, from + picture.width * 3), ((y + row) * frame.width + x) * 3);
  }
}
