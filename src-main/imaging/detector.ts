// Finds faces in pictures of any size: the RFB-320 network over overlapping tiles of every scale, merged.

import { assert } from '../common/assert.ts';
import { type Box, type ScoredBox, suppressOverlaps } from './box.ts';
import { halve, type RgbImage } from './image.ts';
import { decodeFaces, priorBoxes } from './priors.ts';
import type { TensorModel } from './tensor-model.ts';
import { fillDoubled, fillPlain } from './tile-input.ts';
import { type Tile, tilesOf } from './tiles.ts';

export interface DetectorOptions {
  /** Faces below this probability are left out. */
  readonly minScore?: number;
  /** Whether the picture is searched at double size too, for faces smaller than the network's smallest prior. */
  readonly doubleScale?: boolean;
  /** Largest input of the network, in its pixels; larger levels are cut into tiles. */
  readonly tileWidthPx?: number;
  readonly tileHeightPx?: number;
}

/** The package's own threshold; on mosaics it keeps every face of 12 px and more and hardly anything else. */
const MIN_SCORE = 0.65;
const TILE_WIDTH_PX = 960;
const TILE_HEIGHT_PX = 544;
/** Wider than the largest face that only one level sees (about 100 px) and its surroundings. */
const TILE_OVERLAP_PX = 128;
/** In a picture that fits in this square even a face that fills it has a fitting prior; no smaller level is searched. */
const SMALLEST_LEVEL_PX = 160;
/** A tile answers for centres this far outside its core, so that no face falls between two tiles. */
const CORE_SLACK_PX = 4;
/**
 * Wider faces a level leaves to the next one, where they are half as wide: their priors lie 64 px apart, and find a second face
 * beside, above or below a large one (in one of nine pictures of LFW, EXPERIMENTS.md).
 */
const WIDEST_BEFORE_LAST_PX = 128;
const SUPPRESSION = { union: 0.4, smaller: 0.7 };

/** One size at which the picture is searched: a picture, and how much the network's input enlarges it. */
interface Level {
  readonly image: RgbImage;
  readonly zoom: 1 | 2;
  readonly isLast: boolean;
}

export class FaceDetector {
  readonly #model: TensorModel;
  readonly #options: Required<DetectorOptions>;
  readonly #priors = new Map<string, Float32Array>();

  /** `model` maps `input` [1, 3, H, W] to `scores` [1, P, 2] and `regressions` [1, P, 4] for any H and W. */
  constructor(model: TensorModel, options: DetectorOptions = {}) {
    this.#model = model;
    this.#options = {
      minScore: options.minScore ?? MIN_SCORE,
      doubleScale: options.doubleScale ?? true,
      tileWidthPx: options.tileWidthPx ?? TILE_WIDTH_PX,
      tileHeightPx: options.tileHeightPx ?? TILE_HEIGHT_PX,
    };
  }

  /** Boxes of all faces in the picture's pixels, best first; a box may reach beyond the picture. */
  async detect(image: RgbImage): Promise<ScoredBox[]> {
    const found: ScoredBox[] = [];
    for (const level of this.#levelsOf(image)) {
      const scaleX = image.width / level.image.width;
      const scaleY = image.height / level.image.height;
      for (const box of await this.#searchLevel(level)) {
        found.push({
          x: box.x * scaleX,
          y: box.y * scaleY,
          width: box.width * scaleX,
          height: box.height * scaleY,
          score: box.score,
        });
      }
    }
    return suppressOverlaps(found, SUPPRESSION);
  }

  *#levelsOf(image: RgbImage): Generator<Level> {
    if (this.#options.doubleScale) yield { image, zoom: 2, isLast: false };
    let level = image;
    while (Math.max(level.width, level.height) > SMALLEST_LEVEL_PX) {
      yield { image: level, zoom: 1, isLast: false };
      level = halve(level);
    }
    yield { image: level, zoom: 1, isLast: true };
  }

  async #searchLevel({ image, zoom, isLast }: Level): Promise<ScoredBox[]> {
    const { tileWidthPx, tileHeightPx } = this.#options;
    const tiles = tilesOf(image, tileWidthPx / zoom, tileHeightPx / zoom, TILE_OVERLAP_PX / zoom);
    const width = tiles[0].width * zoom;
    const height = tiles[0].height * zoom;
    // One buffer for all tiles of the level: they are of one size.
    const planes = new Float32Array(3 * width * height);
    const found: ScoredBox[] = [];
    for (const tile of tiles) {
      if (zoom === 2) fillDoubled(image, tile, planes);
      else fillPlain(image, tile, planes);
      for (const box of await this.#searchTile(planes, width, height)) {
        if (box.width > WIDEST_BEFORE_LAST_PX && !isLast) continue;
        const onLevel = {
          x: box.x / zoom + tile.x,
          y: box.y / zoom + tile.y,
          width: box.width / zoom,
          height: box.height / zoom,
          score: box.score,
        };
        if (isInCore(onLevel, tile)) found.push(onLevel);
      }
    }
    return found;
  }

  async #searchTile(planes: Float32Array, width: number, height: number): Promise<ScoredBox[]> {
    const { scores, regressions } = await this.#model.run({
      input: { data: planes, dims: [1, 3, height, width] },
    });
    assert(scores && regressions, 'the detector must return scores and regressions');
    const priors = this.#priorsOf(width, height);
    return suppressOverlaps(
      decodeFaces(scores.data, regressions.data, priors, this.#options.minScore),
      SUPPRESSION,
    );
  }

  /** Frames of one size come again and again, so their few sets of priors are kept. */
  #priorsOf(width: number, height: number): Float32Array {
    const key = `${width}×${height}`;
    const known = this.#priors.get(key);
    if (known) return known;
    if (this.#priors.size >= 32) this.#priors.clear();
    const priors = priorBoxes(width, height);
    this.#priors.set(key, priors);
    return priors;
  }
}

function isInCore(box: Box, { core }: Tile): boolean {
  const centreX = box.x + box.width / 2;
  const centreY = box.y + box.height / 2;
  return (
    centreX >= core.left - CORE_SLACK_PX &&
    centreX <= core.right + CORE_SLACK_PX &&
    centreY >= core.top - CORE_SLACK_PX &&
    centreY <= core.bottom + CORE_SLACK_PX
  );
}
