// A result as HTML, PDF, CSV and JSON files, for the command line and the window.

import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../../common/files.ts';
import type { ReportFormat } from '../../contract/benchmarks.ts';
import { reportCsv } from '../../reports/benchmark/report-csv.ts';
import { reportHtml } from '../../reports/benchmark/report-html.ts';
import type { BenchmarkReport } from '../../reports/benchmark/report-model.ts';

export interface ReportFile {
  readonly path: string;
  readonly format: ReportFormat;
}

export interface ReportOptions {
  /** Nothing of single pictures in HTML and PDF. */
  readonly aggregatesOnly: boolean;
  /** Prints an HTML file as PDF. */
  readonly print: (htmlPath: string, pdfPath: string) => Promise<void>;
}

export async function writeReportFiles(
  report: BenchmarkReport,
  files: readonly ReportFile[],
  { aggregatesOnly, print }: ReportOptions,
): Promise<void> {
  const page = reportHtml(report, { aggregatesOnly });
  for (const { path, format } of files) {
    if (format === 'html') await writeFileAtomically(path, page);
    else if (format === 'csv') await writeFileAtomically(path, reportCsv(report));
    else if (format === 'json') await writeFileAtomically(path, `${JSON.stringify(report, null, 2)}\n`);
    else await writePdf(page, path, print);
  }
}

/** A browser reads files: the page stands beside the PDF while it prints. */
async function writePdf(page: string, path: string, print: ReportOptions['print']): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.html`;
  try {
    await writeFileAtomically(beside, page);
    await print(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
