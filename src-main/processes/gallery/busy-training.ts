// A training on made faces that goes on until it is ended, and says how fast it is: what a search runs beside in a benchmark.

import { loadRuntime } from '../../engine/runtime/load.ts';
import { benchmarkOptions, benchTrainingStep } from '../../engine/training/bench-step.ts';
import { yieldToOthers } from '../yield.ts';

export interface TrainingReport {
  readonly imagesPerSecond: number;
}

const STEPS = 10;
const RESOLUTION_PX = 16;

yieldToOthers();
process.once('disconnect', () => process.exit());
const runtime = loadRuntime();
const setting = { ...benchmarkOptions({ resolutionPx: RESOLUTION_PX, widthFactor: 1 }), steps: STEPS };
for (let warmUpSteps = 5; ; warmUpSteps = 0) {
  const { imagesPerSecond } = benchTrainingStep(runtime, { ...setting, warmUpSteps });
  process.send?.({ imagesPerSecond } satisfies TrainingReport);
  // Messages and the disconnection are heard between two rounds.
  await new Promise((resolve) => setImmediate(resolve));
}
