// Finds faces in pictures of any size: the RFB-320 network over overlapping tiles of every scale, merged.

import { assert } from '../common/assert.ts';
import { type ScoredBox, suppressOverlaps } from './box.ts';
import type { RgbImage } from './image.ts';
import { decodeFaces, priorBoxes } from './priors.ts';
import type { TensorModel } from './tensor-model.ts';
import { searchScales, type Tile, tilesOf } from './tiles.ts';

export interface DetectorOptions {
  /** Faces below this probability are left out. */
  readonly minScore?: number;
  /** Where the search starts: 2 finds faces half as large as the network's smallest prior. */
  readonly largestScale?: number;
}

const MIN_SCORE = 0.65;
const LARGEST_SCALE = 2;
const TILE_WIDTH_PX = 960;
const TILE_HEIGHT_PX = 544;
/** Wider than the largest face that only one level sees (about 100 px) and its surroundings. */
const TILE_OVERLAP_PX = 128;
/** A picture this small shows every face large enough; no smaller level is searched. */
const SMALLEST_LEVEL_PX = 320;
/** A tile answers for centres this far outside its core, so that no face falls between two tiles. */
const CORE_SLACK_PX = 4;
const SUPPRESSION = { union: 0.4, smaller: 0.7 };

/** Boxes of all faces, best first. `model` maps `input` [1, 3, H, W] to `scores` and `regressions` for any H, W. */
export async function detectFaces(
  image: RgbImage,
  model: TensorModel,
  options: DetectorOptions = {},
): Promise<ScoredBox[]> {
  const minScore = options.minScore ?? MIN_SCORE;
  const found: ScoredBox[] = [];
  let base = image;
  for (const scale of searchScales(image, options.largestScale ?? LARGEST_SCALE, SMALLEST_LEVEL_PX)) {
    const isDoubled = scale === 2;
    if (scale < 1) base = halve(base);
    const level = isDoubled ? { width: image.width * 2, height: image.height * 2 } : base;
    for (const tile of tilesOf(level, TILE_WIDTH_PX, TILE_HEIGHT_PX, TILE_OVERLAP_PX)) {
      const input = isDoubled ? doubledTile(image, tile) : plainTile(base, tile);
      for (const box of await searchTile(model, input, tile, minScore))
        found.push(onPicture(box, image.width / level.width, image.height / level.height));
    }
  }
  return suppressOverlaps(found, SUPPRESSION);
}

/** Faces of one tile whose centre is the tile's to answer for, in level pixels. */
async function searchTile(
  model: TensorModel,
  data: Float32Array,
  tile: Tile,
  minScore: number,
): Promise<ScoredBox[]> {
  const { scores, regressions } = await model.run({
    input: { data, dims: [1, 3, tile.height, tile.width] },
  });
  assert(scores && regressions, 'the detector must return scores and regressions');
  const priors = priorBoxes(tile.width, tile.height);
  const boxes = decodeFaces(scores.data, regressions.data, priors, minScore).map((box) => ({
    ...box,
    x: box.x + tile.x,
    y: box.y + tile.y,
  }));
  return suppressOverlaps(boxes, SUPPRESSION).filter((box) => isInCore(box, tile));
}

function isInCore(box: ScoredBox, { core }: Tile): boolean {
  const centreX = box.x + box.width / 2;
  const centreY = box.y + box.height / 2;
  return (
    centreX >= core.left - CORE_SLACK_PX &&
    centreX <= core.right + CORE_SLACK_PX &&
    centreY >= core.top - CORE_SLACK_PX &&
    centreY <= core.bottom + CORE_SLACK_PX
  );
}

function onPicture(box: ScoredBox, scaleX: number, scaleY: number): ScoredBox {
  return {
    x: box.x * scaleX,
    y: box.y * scaleY,
    width: box.width * scaleX,
    height: box.height * scaleY,
    score: box.score,
  };
}

/** Half the size by averaging 2×2 pixels; an odd last row or column is left out. */
export function halve(image: RgbImage): RgbImage {
  const width = Math.max(image.width >> 1, 1);
  const height = Math.max(image.height >> 1, 1);
  const stride = image.width * 3;
  const right = image.width > 1 ? 3 : 0;
  const down = image.height > 1 ? stride : 0;
  const data = new Uint8Array(width * height * 3);
  const source = image.data;
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

/** A tile as 3 × H × W planes, (v − 127) / 128. */
function plainTile(image: RgbImage, tile: Tile): Float32Array {
  const plane = tile.width * tile.height;
  const planes = new Float32Array(3 * plane);
  for (let y = 0, to = 0; y < tile.height; y++) {
    let from = ((tile.y + y) * image.width + tile.x) * 3;
    for (let x = 0; x < tile.width; x++, to++, from += 3) {
      planes[to] = (image.data[from] - 127) / 128;
      planes[to + plane] = (image.data[from + 1] - 127) / 128;
      planes[to + 2 * plane] = (image.data[from + 2] - 127) / 128;
    }
  }
  return planes;
}

/** A tile of the picture at double size (bilinear) as 3 × H × W planes, (v − 127) / 128. */
function doubledTile(image: RgbImage, tile: Tile): Float32Array {
  const plane = tile.width * tile.height;
  const planes = new Float32Array(3 * plane);
  const row = new Float32Array((image.width + 2) * 3);
  const stride = image.width * 3;
  const firstColumn = tile.x >> 1;
  const lastColumn = Math.min((tile.x + tile.width) >> 1, image.width - 1);
  for (let y = 0; y < tile.height; y++) {
    const levelY = tile.y + y;
    const near = levelY >> 1;
    const far = Math.min(Math.max(near + ((levelY & 1) === 0 ? -1 : 1), 0), image.height - 1);
    blendRows(image.data, near * stride, far * stride, row, Math.max(firstColumn - 1, 0), lastColumn);
    for (let x = 0, to = y * tile.width; x < tile.width; x++, to++) {
      const levelX = tile.x + x;
      const at = (levelX >> 1) * 3;
      const side = Math.min(Math.max((levelX >> 1) + ((levelX & 1) === 0 ? -1 : 1), 0), image.width - 1) * 3;
      planes[to] = row[at] * 0.75 + row[side] * 0.25;
      planes[to + plane] = row[at + 1] * 0.75 + row[side + 1] * 0.25;
      planes[to + 2 * plane] = row[at + 2] * 0.75 + row[side + 2] * 0.25;
    }
  }
  return planes;
}

/** Three quarters of one row and one quarter of the other, normalised, for the columns first … last. */
function blendRows(
  data: Uint8Array,
  near: number,
  far: number,
  row: Float32Array,
  first: number,
  last: number,
): void {
  for (let at = first * 3; at < (last + 1) * 3; at++)
    row[at] = (data[near + at] * 0.75 + data[far + at] * 0.25 - 127) / 128;
}
