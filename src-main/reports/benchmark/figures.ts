// The figures of a result as numbers, after the paper's: scores, errors, ranks, resolutions, layers, negatives, the plane.

import type {
  FigureAxis,
  FigureSeries,
  HistogramFigure,
  LineFigure,
  PointFigure,
} from '../../contract/figures.ts';
import { PUBLISHED_BY_RESOLUTION } from './published.ts';
import type { BenchmarkReport, Cell, LayerRow, VerificationCell } from './report-model.ts';
import { headline } from './report-summary.ts';

const PERCENT_AXIS: FigureAxis = { label: '', scale: 'linear', domain: [0, 100] };

/** Figures over all cells that the result has data for. */
export function overallFigures(report: BenchmarkReport): LineFigure[] {
  const verified = report.cells.filter((cell) => cell.kind === 'pairs');
  return [
    ...(verified.length > 0 ? [rocFigure(verified), detFigure(verified)] : []),
    ...rankFigures(report.cells),
    ...resolutionFigures(report),
    ...layerFigures(report.layers),
    ...negativesFigures(report),
  ];
}

/** How genuine and impostor scores lie, one figure for each cell of pairs. */
export function scoreFigures({ cells }: BenchmarkReport): HistogramFigure[] {
  return cells.flatMap((cell) => (cell.kind === 'pairs' ? [scoreFigure(cell)] : []));
}

/** Embeddings in the plane: derived from single pictures. */
export function projectionFigures({ projections }: BenchmarkReport): PointFigure[] {
  return projections.map(projectionFigure);
}

/** Everything that can be drawn of one cell. */
export function cellFigures(
  report: BenchmarkReport,
  cell: Cell,
): (LineFigure | HistogramFigure | PointFigure)[] {
  const layers = report.layers.filter(
    ({ model, adaptation }) => model === cell.model && adaptation === cell.adaptation,
  );
  return [
    ...(cell.kind === 'pairs'
      ? [scoreFigure(cell), rocFigure([cell]), detFigure([cell])]
      : rankFigures([cell])),
    ...layerFigures(layers),
    ...report.projections.filter((projected) => projected.cell === cell.id).map(projectionFigure),
  ];
}

function rocFigure(cells: readonly VerificationCell[]): LineFigure {
  const least = leastRate(cells, 'fmr');
  return lines(
    'ROC: true accepts against false accepts',
    { label: 'FAR', scale: 'log', domain: [least, 1] },
    { label: 'TAR', scale: 'linear', domain: [0, 1] },
    cells.map(({ id, measured: { curve } }) => ({
      name: id,
      points: curve.fmr.map((fmr, index) => [fmr, 1 - curve.fnmr[index]] as const),
    })),
  );
}

function detFigure(cells: readonly VerificationCell[]): LineFigure {
  return lines(
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

function scoreFigure({ id, measured: { histogram } }: VerificationCell): HistogramFigure {
  return {
    kind: 'histogram',
    title: `Scores, ${id}: genuine and impostor pairs share ${(histogram.overlap * 100).toFixed(1)} % of their area`,
    xLabel: 'cosine similarity',
    edges: histogram.edges,
    classes: [
      { name: 'genuine', counts: histogram.genuine },
      { name: 'impostor', counts: histogram.impostor },
    ],
  };
}

function rankFigures(cells: readonly Cell[]): LineFigure[] {
  const ranked = cells.filter((cell) => cell.kind !== 'pairs');
  if (ranked.length === 0) return [];
  const most = Math.max(...ranked.flatMap(({ measured }) => measured.cmc.map(({ rank }) => rank)));
  const rates = ranked.flatMap(({ measured }) => measured.cmc.map(({ rate }) => rate * 100));
  return [
    lines(
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

function resolutionFigures({ cells, protocol }: BenchmarkReport): LineFigure[] {
  const resolutions = [...new Set(cells.map(({ resolutionPx }) => resolutionPx))].sort((a, b) => a - b);
  if (resolutions.length < 2) return [];
  const groups = Map.groupBy(cells, ({ model, scenario, adaptation, role, group }) => {
    // Students see one resolution each: their role joins them to one line.
    const name = role === 'model_I' ? `${model} ${scenario}` : `${role} ${scenario} ${adaptation}`;
    return group === null ? name : `${name}, ${group}`;
  });
  const series: FigureSeries[] = [...groups].map(([name, own]) => ({
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
    lines(
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

function layerFigures(layers: readonly LayerRow[]): LineFigure[] {
  const groups = Map.groupBy(layers, ({ model, adaptation }) => `${model}, ${adaptation}`);
  return [...groups].flatMap(([name, rows]) => faceBnFigures(name, rows));
}

type LayerStatistics = Pick<LayerRow, 'mean' | 'variance' | 'standardisedShift'>;

/** What FaceBN did to each layer (the paper's Fig. 5); `name` says which model and how. */
export function faceBnFigures(name: string, rows: readonly LayerStatistics[]): LineFigure[] {
  return [
    layerFigure(`Batch-norm means by layer, ${name}`, 'mean over channels', rows, 'mean'),
    layerFigure(`Batch-norm variances by layer, ${name}`, 'log₁₀ of the mean variance', rows, 'variance'),
    shiftFigure(`How far these faces lie from training by layer, ${name}`, rows),
  ];
}

/** Root mean square over channels of the shift of the mean, in training deviations. */
function shiftFigure(title: string, rows: readonly LayerStatistics[]): LineFigure {
  const points = rows.map(({ standardisedShift }, layer) => [layer + 1, standardisedShift] as const);
  return lines(
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

function layerFigure(
  title: string,
  label: string,
  rows: readonly LayerStatistics[],
  what: 'mean' | 'variance',
): LineFigure {
  const drawn = (value: number): number => (what === 'mean' ? value : Math.log10(Math.max(value, 1e-12)));
  const series = ['training', 'these faces', 'after FaceBN'].map((name, place) => ({
    name,
    points: rows.map((row, layer) => [layer + 1, drawn(row[what][place])] as const),
    isDashed: place === 2,
  }));
  const values = series.flatMap(({ points }) => points.map(([, y]) => y));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = (high - low || 1) * 0.05;
  return lines(
    title,
    { label: 'batch norm, from the input on', scale: 'linear', domain: [1, Math.max(2, rows.length)] },
    { label, scale: 'linear', domain: [low - pad, high + pad] },
    series,
  );
}

/** Accuracy against the number of negatives, hard and random sampling apart; needs two runs that differ. */
function negativesFigures({ negatives, cells }: BenchmarkReport): LineFigure[] {
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
    lines(
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

function projectionFigure({
  cell,
  method,
  x,
  y,
  subjects,
}: BenchmarkReport['projections'][number]): PointFigure {
  return {
    kind: 'points',
    title: `${method} of ${new Set(subjects).size} people, ${cell}`,
    points: x.map((value, index) => ({ x: value, y: y[index], kind: subjects[index] })),
  };
}

function lines(title: string, x: FigureAxis, y: FigureAxis, series: readonly FigureSeries[]): LineFigure {
  return { kind: 'lines', title, x, y, series };
}
