// Benchmarks: what there is, where data lie, plan, run, result, report.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { ensureFolder } from '../../processes/folder-listing.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';

type BenchmarkChannels =
  | 'benchmarks.list'
  | 'benchmarks.locate'
  | 'benchmarks.plan'
  | 'benchmarks.start'
  | 'benchmarks.read'
  | 'benchmarks.cell'
  | 'benchmarks.report';

export function benchmarkHandlers({ engine, queue }: HostServices): Pick<HandlerTable, BenchmarkChannels> {
  return {
    'benchmarks.list': () => engine.call('benchmarks', null),
    'benchmarks.locate': (request) => engine.call('locateBenchmark', request),
    'benchmarks.plan': (request) => engine.call('planBenchmark', request),
    'benchmarks.start': (request) => queue.add('benchmark', request),
    'benchmarks.read': (request) => engine.call('benchmarkResult', request),
    'benchmarks.cell': (request) => engine.call('benchmarkCell', request),
    'benchmarks.report': async ({ result, folder, name, formats, aggregatesOnly }) => {
      await ensureFolder(folder);
      ensure(
        !aggregatesOnly || formats.every((format) => format === 'html' || format === 'pdf'),
        'bad-usage',
        'CSV and JSON hold the score of every pair: they cannot leave single pictures out',
      );
      const files = formats.map((format) => ({ path: join(folder, `${name}.${format}`), format }));
      const taken = files.find(({ path }) => existsSync(path));
      ensure(taken === undefined, 'bad-usage', `there is a file ${taken?.path} already: choose another name`);
      return queue.add('report', { result, files, aggregatesOnly });
    },
  };
}
