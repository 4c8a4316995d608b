// `glimpse report`: a benchmark's result as HTML, PDF, CSV or JSON.

import { extname } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../contract/benchmarks.ts';
import { printPdf } from '../../processes/benchmark/print-pdf.ts';
import { writeReportFiles } from '../../processes/benchmark/write-report.ts';
import { readReport } from '../../reports/benchmark/read-report.ts';
import type { CommandModule } from '../command.ts';
import { parsePath } from '../option-parsers.ts';

interface ReportOptions {
  readonly out?: readonly string[];
  readonly aggregates: boolean;
}

interface ReportOutput {
  readonly files: readonly string[];
}

export const command: CommandModule<ReportOptions, ReportOutput> = {
  configure(command) {
    command
      .argument('[result.json]', 'what `glimpse benchmark` wrote', parsePath)
      .option(
        '--out <file…>',
        'where to; its ending says what: .html, .pdf, .csv, .json; several times',
        (path: string, before: readonly string[] = []) => [...before, parsePath(path)],
      )
      .option(
        '--aggregates',
        'nothing of single pictures in HTML and PDF: no crops, names or points, for reports that go where the faces may not',
        false,
      );
  },

  async run({ words: [path], options: { out = [], aggregates }, progress }) {
    ensure(path !== undefined, 'bad-usage', 'report needs the result.json of a benchmark');
    ensure(out.length > 0, 'bad-usage', 'report needs --out: a file that ends in .html, .pdf, .csv or .json');
    for (const file of out) {
      const isPage = ['html', 'pdf'].includes(formatOf(file));
      ensure(
        !aggregates || isPage,
        'bad-usage',
        `${file}: CSV and JSON hold the score of every pair, which --aggregates leaves out`,
      );
    }
    const report = await readReport(path);
    const files = out.map((file) => ({ path: file, format: formatOf(file) }));
    await writeReportFiles(report, files, {
      aggregatesOnly: aggregates,
      print: (page, pdf) => printPdf(page, pdf, progress.signal),
    });
    return { files: out };
  },

  describe: ({ files }) => files.join('\n'),
};

function formatOf(file: string): ReportFormat {
  const ending = extname(file).toLowerCase();
  const format = REPORT_FORMATS.find((known) => ending === `.${known}`);
  if (format !== undefined) return format;
  const known = REPORT_FORMATS.map((name) => `.${name}`).join(', ');
  throw new GlimpseError('bad-usage', `${file} ends in none of ${known}`);
}
