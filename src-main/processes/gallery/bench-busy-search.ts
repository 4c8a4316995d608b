// Benchmark: how long a search takes while a training runs beside the gallery process, against the same search on an idle machine.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProgressToken } from '../../common/progress.ts';
import { medianOf } from '../../common/statistics.ts';
import { timeSearch, withBenchGallery } from './bench-gallery-process.ts';
import type { TrainingReport } from './busy-training.ts';

export interface BusySearchOptions {
  readonly faces: number;
  readonly rounds: number;
  readonly folder: string | null;
}

export interface BusySearchResult {
  readonly name: 'busy';
  readonly faces: number;
  /** Milliseconds of a search while a training runs. */
  readonly median: number;
  readonly unit: 'ms';
  readonly baseline: { readonly name: string; readonly median: number };
  /** Idle over busy: 0.5 is twice as long. */
  readonly ratio: number;
  readonly slowestMs: number;
  /** Images per second of the training alone, and while searches run one after the other. */
  readonly trainingAlone: number;
  readonly trainingBeside: number;
  readonly peakRssMb: number;
}

const WARM_UPS = 3;
/** Reports of the training that a rate is the median of: some seconds each. */
const REPORTS = 2;

/** The training is a real one on made faces at full width, in a process that gives way as `train` does. */
export async function benchBusySearch(
  { faces, rounds, folder }: BusySearchOptions,
  progress: ProgressToken,
): Promise<BusySearchResult> {
  return withBenchGallery({ faces, folder, encoding: 'exact' }, progress, async (open) => {
    const time = async (count: number): Promise<number[]> => {
      const times: number[] = [];
      for (let round = 0; round < count; round++) times.push(await timeSearch(open, 'track'));
      return times;
    };
    await time(WARM_UPS);
    const idle = medianOf(await time(rounds));
    const training = fork(fileURLToPath(new URL('./busy-training.ts', import.meta.url)));
    try {
      const rateOf = async (): Promise<number> => {
        const rates: number[] = [];
        while (rates.length < REPORTS) {
          const [report] = (await once(training, 'message')) as [TrainingReport];
          rates.push(report.imagesPerSecond);
        }
        return medianOf(rates);
      };
      const trainingAlone = await rateOf();
      const busy: number[] = [];
      const beside = rateOf();
      let isDone = false;
      void beside.finally(() => {
        isDone = true;
      });
      await time(WARM_UPS);
      while (busy.length < rounds || !isDone) busy.push(...(await time(1)));
      const median = medianOf(busy);
      return {
        name: 'busy',
        faces,
        median,
        unit: 'ms',
        baseline: { name: 'the same search with nothing beside it', median: idle },
        ratio: idle / median,
        slowestMs: Math.max(...busy),
        trainingAlone,
        trainingBeside: await beside,
        peakRssMb: process.resourceUsage().maxRSS / 1024,
      };
    } finally {
      const exit = once(training, 'exit');
      training.kill('SIGKILL');
      await exit;
    }
  });
}
