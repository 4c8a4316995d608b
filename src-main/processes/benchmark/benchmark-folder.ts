// A benchmark's result on disk: the run of the command line and of the window, and the folder that both write.

import { join } from 'node:path';
import { sha256, writeFileAtomically } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { reportHtml } from '../../reports/benchmark/report-html.ts';
import type { BenchmarkReport } from '../../reports/benchmark/report-model.ts';
import { type BenchmarkRun, runBenchmark } from './benchmark-job.ts';
import type { CellPlan } from './cells.ts';
import type { BenchmarkRequest } from './request.ts';

export const RESULT_FILE = 'result.json';

export interface StoredBenchmark extends BenchmarkRun {
  readonly folder: string;
  readonly result: string;
  readonly html: string;
}

export function benchmarksFolder(dataFolder: string): string {
  return join(dataFolder, 'benchmarks');
}

/**
 * Writes result.json and report.html. `folder` null is one in the data folder, named by data, models and settings: the same
 * request writes the same folder, and another one leaves it alone. Throws as `runBenchmark` does.
 */
export async function runStoredBenchmark(
  request: BenchmarkRequest,
  folder: string | null,
  onPlan: (cells: readonly CellPlan[]) => void,
  progress: ProgressToken,
): Promise<StoredBenchmark> {
  const run = await runBenchmark(request, onPlan, progress);
  const { report } = run;
  const place = folder ?? join(benchmarksFolder(request.dataFolder), folderName(request, report));
  const result = join(place, RESULT_FILE);
  await writeFileAtomically(result, `${JSON.stringify(report)}\n`);
  const html = join(place, 'report.html');
  await writeFileAtomically(html, reportHtml(report));
  return { ...run, folder: place, result, html };
}

function folderName(request: BenchmarkRequest, { models, data, pairs }: BenchmarkReport): string {
  const { protocol, teacher, resolutions, scenarios, adaptations, faceBn, folds } = request;
  const { hrBackbone, flipFusion, seed, replicates, missingImages, keepsCrops } = request;
  const { gamma, lambda, batchSize, minBatch } = faceBn;
  // In this order: the key is that of the text.
  const settings = [
    [teacher, resolutions, scenarios, adaptations, [gamma, lambda, batchSize, minBatch], folds],
    [hrBackbone, flipFusion, seed, replicates, missingImages, keepsCrops],
    models.map(({ digest }) => digest),
    // The same faces may be paired otherwise.
    pairs,
  ];
  const key = sha256(JSON.stringify(settings));
  return `${protocol}-${data.fingerprint.slice(0, 8)}-${key.slice(0, 8)}`;
}
