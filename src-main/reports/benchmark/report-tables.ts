// A result as tables: the same rows stand in the terminal, in HTML and in CSV.

import type { TextTable } from '../../contract/benchmarks.ts';
import type { Interval } from '../../evaluation/confidence.ts';
import { percent } from '../../evaluation/report-lines.ts';
import type { BenchmarkReport, Cell } from './report-model.ts';

export type ReportTable = TextTable;

/** Cells one below the other, with what their kind is measured by. */
export function resultTable({ cells, settings }: Pick<BenchmarkReport, 'cells' | 'settings'>): ReportTable {
  const head = ['model', 'role', 'px', 'scenario', 'FaceBN'];
  const common = (cell: Cell): string[] => [
    cell.model,
    cell.role,
    String(cell.resolutionPx),
    cell.group === null ? cell.scenario.toUpperCase() : `${cell.scenario.toUpperCase()}, ${cell.group}`,
    cell.adaptation,
  ];
  const columns = columnsOf(cells, settings.targetFmrs);
  return {
    name: 'results',
    title: 'Results',
    columns: [...head, ...columns.map(({ name }) => name)],
    rows: cells.map((cell) => [...common(cell), ...columns.map(({ text }) => text(cell))]),
  };
}

interface Column {
  readonly name: string;
  readonly text: (cell: Cell) => string;
}

function columnsOf(cells: readonly Cell[], targetFmrs: readonly number[]): Column[] {
  const [first] = cells;
  if (first === undefined || first.kind === 'pairs') return pairColumns(targetFmrs);
  if (first.kind === 'closed-set') return [1, 5].map((rank) => rankColumn(rank, `top-${rank}`));
  return [
    ...first.measured.cmc.map(({ rank }) => rankColumn(rank, `rank ${rank}`)),
    ...(first.measured.meanAveragePrecision === undefined ? [] : [{ name: 'mAP', text: precisionText }]),
    ...first.measured.openSet.map(({ targetFpir }) => ({
      name: `DIR@FAR ${targetFpir}`,
      text: (cell: Cell) => openText(cell, targetFpir),
    })),
  ];
}

function rankColumn(rank: number, name: string): Column {
  return { name, text: (cell) => rankText(cell, rank) };
}

function pairColumns(targetFmrs: readonly number[]): Column[] {
  const of = (text: (cell: Extract<Cell, { kind: 'pairs' }>) => string) => (cell: Cell) =>
    cell.kind === 'pairs' ? text(cell) : '–';
  return [
    {
      name: 'accuracy ± SE',
      text: of(({ measured: { accuracy, accuracyStandardError: error } }) =>
        accuracy === null || error === null
          ? '–'
          : `${(accuracy * 100).toFixed(2)} ± ${(error * 100).toFixed(2)} %`,
      ),
    },
    { name: '95 %', text: of(({ measured }) => intervalText(measured.accuracyInterval)) },
    { name: 'best threshold', text: of(({ measured }) => percent(measured.bestThresholdAccuracy)) },
    { name: 'AUC', text: of(({ measured }) => measured.auc.toFixed(4)) },
    { name: 'EER', text: of(({ measured }) => percent(measured.eer)) },
    ...targetFmrs.map((target) => ({
      name: `TAR@FAR ${target}`,
      text: of(({ measured }) => {
        const point = measured.operatingPoints.find(({ targetFmr }) => targetFmr === target);
        return point?.kind === 'supported' ? percent(point.tar) : 'refused';
      }),
    })),
    { name: 'overlap', text: of(({ measured }) => percent(measured.histogram.overlap)) },
  ];
}

function rankText(cell: Cell, rank: number): string {
  if (cell.kind === 'pairs') return '–';
  const found = cell.measured.cmc.find((row) => row.rank === rank);
  return found === undefined ? '–' : `${percent(found.rate)} (${intervalText(found.interval)})`;
}

function precisionText(cell: Cell): string {
  const found = cell.kind === 'search' ? cell.measured.meanAveragePrecision : undefined;
  return found === undefined ? '–' : `${percent(found.mean)} (${intervalText(found.interval)})`;
}

function openText(cell: Cell, target: number): string {
  if (cell.kind !== 'search') return '–';
  const point = cell.measured.openSet.find(({ targetFpir }) => targetFpir === target);
  return point?.kind === 'supported' ? percent(point.tpir) : 'refused';
}

/** `84.10 … 87.32 %`. */
export function intervalText({ low, high }: Interval): string {
  return `${(low * 100).toFixed(2)} … ${percent(high)}`.replaceAll('-', '−');
}

/** Operating points in words: target, achieved, counts, threshold, interval, or why there is none. */
export function operatingTable({ cells }: Pick<BenchmarkReport, 'cells'>): ReportTable {
  const rows = cells.flatMap((cell): string[][] => {
    if (cell.kind === 'pairs') {
      return cell.measured.operatingPoints.map((point) =>
        point.kind === 'refused'
          ? [cell.id, `FAR ${point.targetFmr}`, 'refused', point.reason, '', '']
          : [
              cell.id,
              `FAR ${point.targetFmr}`,
              `${percent(point.fmr)} (${point.falseMatches} of ${point.impostors})`,
              `${percent(point.tar)} (${point.trueMatches} of ${point.genuines})`,
              intervalText(point.tarInterval),
              point.threshold.toFixed(4),
            ],
      );
    }
    if (cell.kind !== 'search') return [];
    return cell.measured.openSet.map((point) =>
      point.kind === 'refused'
        ? [cell.id, `FPIR ${point.targetFpir}`, 'refused', point.reason, '', '']
        : [
            cell.id,
            `FPIR ${point.targetFpir}`,
            `${percent(point.fpir.rate)} (${point.fpir.hits} of ${point.fpir.searches})`,
            `${percent(point.tpir)} (${point.fnir.searches - point.fnir.hits} of ${point.fnir.searches})`,
            intervalText({ low: 1 - point.fnir.interval.high, high: 1 - point.fnir.interval.low }),
            point.threshold.toFixed(4),
          ],
    );
  });
  return {
    name: 'operating-points',
    title: 'Operating points',
    columns: ['cell', 'target', 'achieved', 'true accepts', '95 %', 'score ≥'],
    rows,
  };
}

export function foldTable({ cells }: BenchmarkReport): ReportTable {
  const verified = cells.filter((cell) => cell.kind === 'pairs');
  const folds = verified[0]?.measured.foldAccuracies ?? [];
  return {
    name: 'folds',
    title: 'Accuracy by fold',
    columns: ['fold', 'pairs', ...verified.map(({ id }) => id)],
    rows: folds.map(({ pairs }, fold) => [
      String(fold + 1),
      String(pairs),
      ...verified.map(({ measured }) => percent(measured.foldAccuracies[fold]?.accuracy ?? Number.NaN)),
    ]),
  };
}

export function pairedTable({ paired }: BenchmarkReport): ReportTable {
  return {
    name: 'paired',
    title: 'Paired comparisons on the same pairs',
    columns: ['first', 'second', 'difference', '95 %', 'only first right', 'only second right', 'McNemar p'],
    rows: paired.map(({ first, second, comparison }) => [
      first,
      second,
      `${comparison.difference >= 0 ? '+' : '−'}${Math.abs(comparison.difference * 100).toFixed(2)} points`,
      comparison.interval === null ? '–' : intervalText(comparison.interval),
      String(comparison.onlyFirst),
      String(comparison.onlySecond),
      comparison.pValue < 1e-4 ? '< 0.0001' : comparison.pValue.toFixed(4),
    ]),
  };
}
