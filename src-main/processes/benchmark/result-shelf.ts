// The benchmark results of a data folder: listed, read back, each parsed once as long as its file stays the same.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import type { BenchmarkRow } from '../../contract/benchmarks.ts';
import { readReport } from '../../reports/benchmark/read-report.ts';
import type { BenchmarkReport } from '../../reports/benchmark/report-model.ts';
import { summaryLines } from '../../reports/benchmark/report-summary.ts';
import { benchmarksFolder, RESULT_FILE } from './benchmark-folder.ts';

/** A result of LFW with every model and mode holds some megabytes. */
const MOST_KEPT = 4;

export class ResultShelf {
  readonly #dataFolder: string;
  readonly #rows = new Map<string, { readonly version: string; readonly row: BenchmarkRow }>();
  /** Last used last. */
  readonly #reports = new Map<string, { readonly version: string; readonly report: BenchmarkReport }>();

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /** Of result.json. */
  pathOf(name: string): string {
    return join(benchmarksFolder(this.#dataFolder), name, RESULT_FILE);
  }

  /** Newest first. What cannot be read is a problem of its own and hides no other result. */
  async list(): Promise<{ results: BenchmarkRow[]; problems: string[] }> {
    const names = await readdir(benchmarksFolder(this.#dataFolder)).catch(() => []);
    const results: BenchmarkRow[] = [];
    const problems: string[] = [];
    for (const name of names.sort()) {
      const version = await this.#versionOf(name);
      if (version === null) continue;
      try {
        results.push(await this.#rowOf(name, version));
      } catch (error) {
        problems.push(messageOf(error));
      }
    }
    results.sort((left, right) => (left.createdAt < right.createdAt ? 1 : -1));
    return { results, problems };
  }

  /** Throws as `readReport` does. */
  async read(name: string): Promise<BenchmarkReport> {
    const version = await this.#versionOf(name);
    const known = this.#reports.get(name);
    const report =
      known !== undefined && known.version === version ? known.report : await readReport(this.pathOf(name));
    this.#reports.delete(name);
    if (version !== null) this.#reports.set(name, { version, report });
    for (const [oldest] of [...this.#reports].slice(0, -MOST_KEPT)) this.#reports.delete(oldest);
    return report;
  }

  async #rowOf(name: string, version: string): Promise<BenchmarkRow> {
    const known = this.#rows.get(name);
    if (known?.version === version) return known.row;
    const report = await readReport(this.pathOf(name));
    const row = {
      name,
      protocol: report.protocol,
      title: report.data.title,
      createdAt: report.createdAt,
      cells: report.cells.length,
      models: report.models.map((model) => model.name),
      summary: summaryLines(report)[0] ?? '',
    };
    this.#rows.set(name, { version, row });
    return row;
  }

  /** Changes with the file; null where there is none. */
  async #versionOf(name: string): Promise<string | null> {
    const status = await stat(this.pathOf(name)).catch(() => null);
    return status === null ? null : `${status.mtimeMs} ${status.size}`;
  }
}
