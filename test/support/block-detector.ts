// A stand-in for the face detector: it "sees" white blocks on black, answers in the real network's form and range.

import { priorBoxes } from '../../src-main/imaging/priors.ts';
import type { NamedTensors, TensorModel } from '../../src-main/imaging/tensor-model.ts';

/** The network's reach: it misses what is smaller or larger than this in its input. */
const SMALLEST_PX = 9;
const LARGEST_PX = 110;

/**
 * Reports each white block between 9 and 110 pixels wide; `inputs` collects the sizes it was asked for. With `ghosts` it reports
 * a wider one too, and something beside it, as the real network does.
 */
export function blockDetector(inputs: string[] = [], { ghosts = false } = {}): TensorModel {
  return {
    run: async ({ input }): Promise<NamedTensors> => {
      const [, , height, width] = input.dims;
      inputs.push(`${width}×${height}`);
      const priors = priorBoxes(width, height);
      const count = priors.length / 4;
      const scores = new Float32Array(count * 2);
      const regressions = new Float32Array(count * 4);
      const seen = blocksOf(input.data, width, height).flatMap((block) => {
        if (block.width <= LARGEST_PX) return [block];
        return ghosts ? [block, { ...block, x: block.x + block.width * 0.7 }] : [];
      });
      for (const block of seen) {
        if (block.width < SMALLEST_PX) continue;
        const prior = nearestPrior(
          priors,
          block.x + block.width / 2,
          block.y + block.height / 2,
          block.width,
        );
        const [priorX, priorY, priorWidth, priorHeight] = priors.subarray(prior * 4, prior * 4 + 4);
        scores[prior * 2 + 1] = 0.9;
        regressions[prior * 4] = (block.x + block.width / 2 - priorX) / (0.1 * priorWidth);
        regressions[prior * 4 + 1] = (block.y + block.height / 2 - priorY) / (0.1 * priorHeight);
        regressions[prior * 4 + 2] = Math.log(block.width / priorWidth) / 0.2;
        regressions[prior * 4 + 3] = Math.log(block.height / priorHeight) / 0.2;
      }
      return {
        scores: { data: scores, dims: [1, count, 2] },
        regressions: { data: regressions, dims: [1, count, 4] },
      };
    },
  };
}

interface Block {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Blocks by their upper left corners: light, with dark above and to the left. */
function blocksOf(plane: Float32Array, width: number, height: number): Block[] {
  const isLight = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && plane[y * width + x] > 0;
  const blocks: Block[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isLight(x, y) || isLight(x - 1, y) || isLight(x, y - 1)) continue;
      let right = x;
      while (isLight(right, y)) right++;
      let bottom = y;
      while (isLight(x, bottom)) bottom++;
      blocks.push({ x, y, width: right - x, height: bottom - y });
    }
  }
  return blocks;
}

function nearestPrior(priors: Float32Array, x: number, y: number, side: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let prior = 0; prior < priors.length / 4; prior++) {
    const distance =
      Math.hypot(priors[prior * 4] - x, priors[prior * 4 + 1] - y) + Math.abs(priors[prior * 4 + 2] - side);
    if (distance >= least) continue;
    least = distance;
    best = prior;
  }
  return best;
}
