// Benchmarks as the window asks for them: the very plan, run and report of the command line.

import { basename } from 'node:path';
import { cacheFolderOf } from '../../common/files.ts';
import type { BenchmarkAsked } from '../../contract/benchmarks.ts';
import { DEFAULT_FACE_BN } from '../../engine/adaptation/face-bn.ts';
import { runStoredBenchmark } from '../benchmark/benchmark-folder.ts';
import { commandOf } from '../benchmark/command-text.ts';
import { DataPlaces } from '../benchmark/data-places.ts';
import { planBenchmark } from '../benchmark/plan.ts';
import { printPdf } from '../benchmark/print-pdf.ts';
import type { BenchmarkRequest } from '../benchmark/request.ts';
import { ResultShelf } from '../benchmark/result-shelf.ts';
import { cellDetailOf, detailOf } from '../benchmark/result-view.ts';
import { writeReportFiles } from '../benchmark/write-report.ts';
import type { Handlers } from '../rpc/methods.ts';
import type { EngineService } from './engine-service.ts';
import { savePng } from './samples.ts';

type BenchmarkMethods =
  | 'benchmarks'
  | 'locateBenchmark'
  | 'planBenchmark'
  | 'runBenchmark'
  | 'benchmarkResult'
  | 'benchmarkCell'
  | 'writeReport';

export function benchmarkHandlers(dataFolder: string): Pick<Handlers<EngineService>, BenchmarkMethods> {
  const shelf = new ResultShelf(dataFolder);
  const places = new DataPlaces(dataFolder);
  const list = async () => ({ data: await places.list(), ...(await shelf.list()) });
  return {
    benchmarks: list,
    locateBenchmark: async ({ protocol, path }) => {
      await places.locate(protocol, path);
      return list();
    },
    planBenchmark: (asked, progress) => planBenchmark(requestOf(asked, dataFolder), progress),
    runBenchmark: async (asked, progress) => {
      const request = requestOf(asked, dataFolder);
      const { report, folder, usedRuntime } = await runStoredBenchmark(request, null, () => {}, progress);
      return {
        result: basename(folder),
        title: report.title,
        cells: report.cells.length,
        isFromCache: !usedRuntime,
      };
    },
    benchmarkResult: async ({ result }) => detailOf(result, shelf.pathOf(result), await shelf.read(result)),
    benchmarkCell: async ({ result, cell }) =>
      cellDetailOf(await shelf.read(result), cell, (png) => savePng(png, cacheFolderOf(dataFolder))),
    writeReport: async ({ result, files, aggregatesOnly }, progress) => {
      await writeReportFiles(await shelf.read(result), files, {
        aggregatesOnly,
        print: (page, pdf) => printPdf(page, pdf, progress.signal),
      });
      return null;
    },
  };
}

function requestOf(asked: BenchmarkAsked, dataFolder: string): BenchmarkRequest {
  const { gamma, lambda, batchSize, skipMissing, ...rest } = asked;
  const request = {
    ...rest,
    faceBn: { ...DEFAULT_FACE_BN, gamma, lambda, batchSize },
    missingImages: skipMissing ? 'skip' : 'refuse',
    keepsCrops: true,
    dataFolder,
    callerFolder: dataFolder,
    cacheFolder: cacheFolderOf(dataFolder),
  } as const;
  return { ...request, command: commandOf(request) };
}
