// Parts of a picture as the detector takes them: three planes of (v − 127) / 128, at their own or at double size.

import type { RgbImage } from './image.ts';
import type { Tile } from './tiles.ts';

const MEAN = 127;
const SCALE = 1 / 128;

/** Fills `planes` (3 × H × W) with a tile. */
export function fillPlain(image: RgbImage, tile: Tile, planes: Float32Array): void {
  const plane = tile.width * tile.height;
  const source = image.data;
  for (let y = 0, to = 0; y < tile.height; y++) {
    let from = ((tile.y + y) * image.width + tile.x) * 3;
    for (let x = 0; x < tile.width; x++, to++, from += 3) {
      planes[to] = (source[from] - MEAN) * SCALE;
      planes[to + plane] = (source[from + 1] - MEAN) * SCALE;
      planes[to + 2 * plane] = (source[from + 2] - MEAN) * SCALE;
    }
  }
}

/** Fills `planes` (3 × 2H × 2W) with a tile at double size, bilinear; at its edges the picture's neighbours count. */
export function fillDoubled(image: RgbImage, tile: Tile, planes: Float32Array): void {
  const width = tile.width * 2;
  const plane = width * tile.height * 2;
  const green = planes.subarray(plane, 2 * plane);
  const blue = planes.subarray(2 * plane);
  const row = new Float32Array((tile.width + 2) * 3);
  for (let y = 0; y < tile.height * 2; y++) {
    const near = tile.y + (y >> 1);
    const far = Math.min(Math.max(near + ((y & 1) === 0 ? -1 : 1), 0), image.height - 1);
    blendRows(image, near, far, tile, row);
    let to = y * width;
    for (let at = 3; at < row.length - 3; at += 3, to += 2) {
      planes[to] = row[at] * 0.75 + row[at - 3] * 0.25;
      planes[to + 1] = row[at] * 0.75 + row[at + 3] * 0.25;
      green[to] = row[at + 1] * 0.75 + row[at - 2] * 0.25;
      green[to + 1] = row[at + 1] * 0.75 + row[at + 4] * 0.25;
      blue[to] = row[at + 2] * 0.75 + row[at - 1] * 0.25;
      blue[to + 1] = row[at + 2] * 0.75 + row[at + 5] * 0.25;
    }
  }
}

/** Three quarters of row `near` and one quarter of `far`, normalised: the tile's columns and one more on each side. */
function blendRows(image: RgbImage, near: number, far: number, tile: Tile, row: Float32Array): void {
  const { data, width } = image;
  const first = Math.max(tile.x - 1, 0);
  const last = Math.min(tile.x + tile.width, width - 1);
  let to = (first - tile.x + 1) * 3;
  let nearAt = (near * width + first) * 3;
  let farAt = (far * width + first) * 3;
  for (let count = (last - first + 1) * 3; count > 0; count--)
    row[to++] = (data[nearAt++] * 0.75 + data[farAt++] * 0.25 - MEAN) * SCALE;
  if (tile.x === 0) row.copyWithin(0, 3, 6);
  if (tile.x + tile.width === width) row.copyWithin(row.length - 3, row.length - 6, row.length - 3);
}
