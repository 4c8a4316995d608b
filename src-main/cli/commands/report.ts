// `glimpse report`: a benchmark's result as HTML, PDF, CSV or JSON.

import { mkdir, rm } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { writeFileAtomically } from '../../common/files.ts';
import { printPdf } from '../../processes/benchmark/print-pdf.ts';
import { readReport } from '../../reports/benchmark/read-report.ts';
import { reportCsv } from '../../reports/benchmark/report-csv.ts';
import { reportHtml } from '../../reports/benchmark/report-html.ts';
import type { CommandModule } from '../command.ts';
import { parsePath } from '../option-parsers.ts';

interface ReportOptions {
  readonly out?: readonly string[];
  readonly aggregates: boolean;
}

interface ReportOutput {
  readonly files: readonly string[];
}

const FORMATS = ['.html', '.pdf', '.csv', '.json'];

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
      const ending = extname(file).toLowerCase();
      ensure(FORMATS.includes(ending), 'bad-usage', `${file} ends in none of ${FORMATS.join(', ')}`);
      ensure(
        !aggregates || ending === '.html' || ending === '.pdf',
        'bad-usage',
        `${file}: CSV and JSON hold the score of every pair, which --aggregates leaves out`,
      );
    }
    const report = await readReport(path);
    const page = reportHtml(report, { aggregatesOnly: aggregates });
    for (const file of out) {
      const ending = extname(file).toLowerCase();
      if (ending === '.html') await writeFileAtomically(file, page);
      else if (ending === '.csv') await writeFileAtomically(file, reportCsv(report));
      else if (ending === '.json') await writeFileAtomically(file, `${JSON.stringify(report, null, 2)}\n`);
      else await writePdf(page, file, progress.signal);
    }
    return { files: out };
  },

  describe: ({ files }) => files.join('\n'),
};

/** Chromium reads files: the page stands beside the PDF while it prints. */
async function writePdf(page: string, file: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.html`;
  try {
    await writeFileAtomically(beside, page);
    await printPdf(beside, file, signal);
  } finally {
    await rm(beside, { force: true });
  }
}
