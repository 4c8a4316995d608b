// Benchmark of detection: milliseconds a frame, against the same search in the tiles that the network was trained on.

import { medianOf } from '../common/statistics.ts';
import { FaceDetector } from './detector.ts';
import { createFaceFinder, type FaceFinderModels } from './face-finder.ts';
import type { RgbImage } from './image.ts';

/** The network's own input: what a caller who leaves the file as it is must cut frames into. */
const BASELINE_TILE = { tileWidthPx: 320, tileHeightPx: 240 };

export interface DetectionBenchResult {
  readonly name: string;
  readonly frame: { readonly width: number; readonly height: number };
  readonly faces: number;
  /** Milliseconds of the median frame: detection and landmarks. */
  readonly median: number;
  readonly unit: 'ms/frame';
  readonly milliseconds: readonly number[];
  readonly baseline: {
    readonly name: string;
    readonly median: number;
    readonly milliseconds: readonly number[];
  };
  /** Baseline over ours: above 1 where ours is better. */
  readonly ratio: number;
  readonly peakRssMb: number;
}

/** Searches the frame `repeats` times each way in turn, after one warm-up of each. */
export async function measureDetection(
  models: FaceFinderModels,
  frame: RgbImage,
  repeats: number,
): Promise<DetectionBenchResult> {
  const finder = createFaceFinder(models);
  const plain = new FaceDetector(models.detector, BASELINE_TILE);
  const faces = (await finder.find(frame)).length;
  await plain.detect(frame);
  const milliseconds: number[] = [];
  const baseline: number[] = [];
  for (let round = 0; round < repeats; round++) {
    milliseconds.push(await millisecondsOf(() => finder.find(frame)));
    baseline.push(await millisecondsOf(() => plain.detect(frame)));
  }
  return {
    name: 'detect',
    frame: { width: frame.width, height: frame.height },
    faces,
    median: medianOf(milliseconds),
    unit: 'ms/frame',
    milliseconds,
    baseline: {
      name: 'tiles of 320×240, without landmarks',
      median: medianOf(baseline),
      milliseconds: baseline,
    },
    ratio: medianOf(baseline) / medianOf(milliseconds),
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  };
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
