// Every number of a result as CSV in long form: table, row, column, value.

import { csvLine } from '../csv.ts';
import type { BenchmarkReport, Cell } from './report-model.ts';
import { foldTable, operatingTable, pairedTable, resultTable } from './report-tables.ts';

type Line = readonly [table: string, row: string, column: string, value: string | number];

/** The first line names the columns. */
export function reportCsv(report: BenchmarkReport): string {
  const lines: Line[] = [['table', 'row', 'column', 'value']];
  for (const table of [resultTable(report), operatingTable(report), pairedTable(report), foldTable(report)]) {
    for (const [index, row] of table.rows.entries()) {
      for (const [at, column] of table.columns.entries())
        lines.push([table.name, String(index + 1), column, row[at] ?? '']);
    }
  }
  for (const cell of report.cells) lines.push(...linesOfCell(cell));
  for (const { model, adaptation, norm, mean, variance, standardisedShift } of report.layers) {
    const row = `${model} ${adaptation} ${norm}`;
    const places = ['training', 'observed', 'adapted'];
    for (const [at, place] of places.entries()) {
      lines.push(
        ['layers', row, `mean ${place}`, mean[at]],
        ['layers', row, `variance ${place}`, variance[at]],
      );
    }
    lines.push(['layers', row, 'standardised shift', standardisedShift]);
  }
  return lines.map((line) => csvLine(line)).join('');
}

function linesOfCell(cell: Cell): Line[] {
  const { id } = cell;
  if (cell.kind !== 'pairs') {
    const ranks = cell.measured.cmc.flatMap(({ rank, rate, searches, interval }): Line[] => [
      [`cmc ${id}`, String(rank), 'rate', rate],
      [`cmc ${id}`, String(rank), 'low', interval.low],
      [`cmc ${id}`, String(rank), 'high', interval.high],
      [`cmc ${id}`, String(rank), 'searches', searches],
    ]);
    const precision = cell.kind === 'search' ? cell.measured.meanAveragePrecision : undefined;
    if (precision === undefined) return ranks;
    const { mean, interval } = precision;
    return [
      ...ranks,
      [`measured ${id}`, '1', 'mAP', mean],
      [`measured ${id}`, '1', 'mAP low', interval.low],
      [`measured ${id}`, '1', 'mAP high', interval.high],
    ];
  }
  const { measured, scores } = cell;
  const { curve, histogram } = measured;
  const scalars: Line[] = Object.entries(measured).flatMap(([name, value]): Line[] =>
    typeof value === 'number' ? [[`measured ${id}`, '1', name, value]] : [],
  );
  return [
    ...scalars,
    [`measured ${id}`, '1', 'accuracy low', measured.accuracyInterval.low],
    [`measured ${id}`, '1', 'accuracy high', measured.accuracyInterval.high],
    [`measured ${id}`, '1', 'overlap', histogram.overlap],
    ...curve.thresholds.flatMap((threshold, point): Line[] => [
      [`curve ${id}`, String(point + 1), 'threshold', threshold],
      [`curve ${id}`, String(point + 1), 'fmr', curve.fmr[point]],
      [`curve ${id}`, String(point + 1), 'fnmr', curve.fnmr[point]],
    ]),
    ...histogram.genuine.flatMap((count, bin): Line[] => [
      [`histogram ${id}`, String(bin + 1), 'from', histogram.edges[bin]],
      [`histogram ${id}`, String(bin + 1), 'genuine', count],
      [`histogram ${id}`, String(bin + 1), 'impostor', histogram.impostor[bin]],
    ]),
    ...scores.map((score, pair): Line => [`scores ${id}`, String(pair + 1), 'score', score]),
  ];
}
