// The figures of a report, after the paper's: scores, errors, ranks, resolutions, layers, negatives, the plane.

import { type Html, html } from '../html.ts';
import { type Axis, histogramChart, lineChart, pointChart, type Series } from './charts.ts';
import { PUBLISHED_BY_RESOLUTION } from './published.ts';
import type { BenchmarkReport, Cell, LayerRow, VerificationCell } from './report-model.ts';
import { headline } from './report-summary.ts';

const PERCENT_AXIS: Axis = { label: '', scale: 'linear', domain: [0, 100] };

export interface FigureOptions {
  /** Nothing that was derived from single pictures: no points of embeddings. */
  readonly aggregatesOnly: boolean;
}

/** All figures that the result has data for. */
export function reportFigures(report: BenchmarkReport, { aggregatesOnly }: FigureOptions): Html {
  const verified = report.cells.filter((cell) => cell.kind === 'pairs');
  const figures = [
    ...(verified.length > 0 ? [rocChart(verified), detChart(verified)] : []),
    ...verified.map(scoreChart),
    ...rankCharts(report.cells),
    ...resolutionCharts(report),
    ...layerCharts(report.layers),
    ...negativesChart(report),
    ...(aggregatesOnly ? [] : report.projections.map(projectionChart)),
  ];
  return html`<div class="figures">${figures}</div>`;
}

function rocChart(cells: readonly VerificationCell[]): Html {
  const least = leastRate(cells, 'fmr');
  return lineChart(
    'ROC: true accepts against false accepts',
    { label: 'FAR', scale: 'log', domain: [least, 1] },
    { label: 'TAR', scale: 'linear', domain: [0, 1] },
    cells.map(({ id, measured: { curve } }) => ({
      name: id,
      points: curve.fmr.map((fmr, index) => [fmr, 1 - curve.fnmr[index]] as const),
    })),
  );
}

function detChart(cells: readonly VerificationCell[]): Html {
  return lineChart(
    'DET: false rejects against false accepts',
    { label: 'FMR', scale: 'log', domain: [leastRate(cells, 'fmr'), 1] },
    { label: 'FNMR', scale: 'log', domain: [leastRate(cells, 'fnmr'), 1] },
    cells.map(({ id, measured: { curve } }) => ({
      name: id,
      points: curve.fmr.map((fmr, index) => [fmr, curve.fnmr[index]] as const),
    })),
  );
}

/** The smallest rate above 0 that any curve reaches: one error. */
function leastRate(cells: readonly VerificationCell[], rate: 'fmr' | 'fnmr'): number {
  const rates = cells.flatMap(({ measured }) => measured.curve[rate].filter((value) => value > 0));
  return Math.min(0.1, ...rates);
}

function scoreChart({ id, measured: { histogram } }: VerificationCell): Html {
  return histogramChart(
    `Scores, ${id}: genuine and impostor pairs share ${(histogram.overlap * 100).toFixed(1)} % of their area`,
    'cosine similarity',
    histogram.edges,
    [
      { name: 'genuine', counts: histogram.genuine },
      { name: 'impostor', counts: histogram.impostor },
    ],
  );
}

function rankCharts(cells: readonly Cell[]): Html[] {
  const ranked = cells.filter((cell) => cell.kind !== 'pairs');
  if (ranked.length === 0) return [];
  const most = Math.max(...ranked.flatMap(({ measured }) => measured.cmc.map(({ rank }) => rank)));
  const rates = ranked.flatMap(({ measured }) => measured.cmc.map(({ rate }) => rate * 100));
  return [
    lineChart(
      'CMC: searches whose right answer stands at this rank or better',
      { label: 'rank', scale: 'linear', domain: [1, Math.max(2, most)] },
      { ...PERCENT_AXIS, label: '%', domain: [Math.floor(Math.min(...rates) / 10) * 10, 100] },
      ranked.map(({ id, measured }) => ({
        name: id,
        points: measured.cmc.map(({ rank, rate }) => [rank, rate * 100] as const),
        hasDots: true,
      })),
    ),
  ];
}

function resolutionCharts({ cells, protocol }: BenchmarkReport): Html[] {
  const resolutions = [...new Set(cells.map(({ resolutionPx }) => resolutionPx))].sort((a, b) => a - b);
  if (resolutions.length < 2) return [];
  const groups = Map.groupBy(cells, ({ model, scenario, adaptation, role }) =>
    // Students see one resolution each: their role joins them to one line.
    role === 'model_I' ? `${model} ${scenario}` : `${role} ${scenario} ${adaptation}`,
  );
  const series: Series[] = [...groups].map(([name, own]) => ({
    name,
    points: own
      .map((cell) => [cell.resolutionPx, headline(cell).share * 100] as const)
      .sort((left, right) => left[0] - right[0]),
    hasDots: true,
  }));
  for (const scenario of ['lr-lr', 'lr-hr'] as const) {
    const points = PUBLISHED_BY_RESOLUTION[protocol]?.[scenario] ?? [];
    const isAsked = cells.some((cell) => cell.scenario === scenario);
    if (isAsked && points.length > 1)
      series.push({ name: `AIRD ${scenario}, published`, points, isDashed: true, hasDots: true });
  }
  const least = Math.min(...series.flatMap(({ points }) => points.map(([, y]) => y)));
  return [
    lineChart(
      'Accuracy by resolution (dashed: published)',
      {
        label: 'pixels',
        scale: 'log',
        domain: [resolutions[0] * 0.9, resolutions[resolutions.length - 1] * 1.1],
        ticks: resolutions,
      },
      { ...PERCENT_AXIS, label: '%', domain: [Math.floor(least / 5) * 5, 100] },
      series,
    ),
  ];
}

function layerCharts(layers: readonly LayerRow[]): Html[] {
  const groups = Map.groupBy(layers, ({ model, adaptation }) => `${model}, ${adaptation}`);
  return [...groups].flatMap(([name, rows]) => [
    layerChart(`Batch-norm means by layer, ${name}`, 'mean over channels', rows, 'mean'),
    layerChart(`Batch-norm variances by layer, ${name}`, 'log₁₀ of the mean variance', rows, 'variance'),
    shiftChart(`How far these faces lie from training by layer, ${name}`, rows),
  ]);
}

/** Root mean square over channels of the shift of the mean, in training deviations. */
function shiftChart(title: string, rows: readonly LayerRow[]): Html {
  const points = rows.map(({ standardisedShift }, layer) => [layer + 1, standardisedShift] as const);
  return lineChart(
    title,
    { label: 'batch norm, from the input on', scale: 'linear', domain: [1, Math.max(2, rows.length)] },
    {
      label: 'shift, training deviations',
      scale: 'linear',
      domain: [0, Math.max(1e-6, ...points.map(([, y]) => y)) * 1.05],
    },
    [{ name: 'training to these faces', points, hasDots: true }],
  );
}

function layerChart(
  title: string,
  label: string,
  rows: readonly LayerRow[],
  what: 'mean' | 'variance',
): Html {
  const drawn = (value: number): number => (what === 'mean' ? value : Math.log10(Math.max(value, 1e-12)));
  const series = ['training', 'these faces', 'after FaceBN'].map((name, place) => ({
    name,
    points: rows.map((row, layer) => [layer + 1, drawn(row[what][place])] as const),
    isDashed: place === 2,
  }));
  const values = series.flatMap(({ points }) => points.map(([, y]) => y));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = (high - low || 1) * 0.05;
  return lineChart(
    title,
    { label: 'batch norm, from the input on', scale: 'linear', domain: [1, Math.max(2, rows.length)] },
    { label, scale: 'linear', domain: [low - pad, high + pad] },
    series,
  );
}

/** Accuracy against the number of negatives, hard and random sampling apart; needs two runs that differ. */
function negativesChart({ negatives, cells }: BenchmarkReport): Html[] {
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  const points = negatives.flatMap((row) => {
    const cell = byId.get(row.cell);
    return cell === undefined
      ? []
      : [{ ...row, scenario: cell.scenario, accuracy: headline(cell).share * 100 }];
  });
  const counts = [...new Set(points.map((point) => point.negatives))].sort((a, b) => a - b);
  const kinds = new Set(points.map((point) => point.sampling));
  if (counts.length < 2 && kinds.size < 2) return [];
  const groups = Map.groupBy(points, ({ sampling, scenario }) => `${sampling}, ${scenario}`);
  const accuracies = points.map(({ accuracy }) => accuracy);
  return [
    lineChart(
      'Accuracy against the number of negatives',
      {
        label: 'negatives',
        scale: 'log',
        domain: [counts[0] * 0.9, counts[counts.length - 1] * 1.1],
        ticks: counts,
      },
      {
        label: '%',
        scale: 'linear',
        domain: [Math.floor(Math.min(...accuracies)) - 1, Math.ceil(Math.max(...accuracies)) + 1],
      },
      [...groups].map(([name, own]) => ({
        name,
        points: own
          .map((point) => [point.negatives, point.accuracy] as const)
          .sort((left, right) => left[0] - right[0]),
        hasDots: true,
      })),
    ),
  ];
}

function projectionChart({ cell, method, x, y, subjects }: BenchmarkReport['projections'][number]): Html {
  return pointChart(
    `${method} of ${new Set(subjects).size} people, ${cell}`,
    x.map((value, index) => ({ x: value, y: y[index], kind: subjects[index] })),
  );
}
