// Figures of a result as chart series, and as the table behind each.

import type { ChartSeries } from './chart-series.ts';

interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  readonly domain: readonly [number, number];
  readonly ticks?: readonly number[];
}

interface Lines {
  readonly kind: 'lines';
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
    readonly isDashed?: boolean;
    readonly hasDots?: boolean;
  }[];
}

interface Histogram {
  readonly kind: 'histogram';
  readonly title: string;
  readonly xLabel: string;
  readonly edges: readonly number[];
  readonly classes: readonly { readonly name: string; readonly counts: readonly number[] }[];
}

interface Points {
  readonly kind: 'points';
  readonly title: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly kind: number }[];
}

export type FigureShape = Lines | Histogram | Points;

/** What the chart wrapper takes beside title and theme. */
export interface DrawnFigure {
  readonly series: readonly ChartSeries[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  /** Null for round numbers. */
  readonly xTicks: readonly number[] | null;
  readonly yTicks: readonly number[] | null;
  readonly isXLogarithmic: boolean;
  readonly isYLogarithmic: boolean;
}

export interface FigureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Colours of the theme; a dash tells more series apart. */
const COLOURS = 5;
/** Genuine and impostor, as in the paper's figure 3. */
const CLASS_COLOURS = [1, 3];

export function drawn(figure: FigureShape): DrawnFigure {
  if (figure.kind === 'histogram') return drawnHistogram(figure);
  if (figure.kind === 'points') return drawnPoints(figure);
  const { x, y, series } = figure;
  return {
    series: series.map(({ name, points, isDashed, hasDots }, at) => ({
      label: name,
      points: points
        .filter(([px, py]) => isInside(px, x) && isInside(py, y))
        .map(([px, py]) => ({ x: px, y: py }))
        .sort((left, right) => left.x - right.x || direction(points) * (left.y - right.y)),
      colour: at % COLOURS,
      dash: isDashed === true ? 1 : Math.floor(at / COLOURS),
      hasMarks: hasDots === true,
    })),
    xLabel: x.label,
    yLabel: y.label,
    xRange: x.domain,
    yRange: y.domain,
    xTicks: x.ticks ?? (x.scale === 'log' ? powersOfTen(x.domain) : null),
    yTicks: y.scale === 'log' ? powersOfTen(y.domain) : null,
    isXLogarithmic: x.scale === 'log',
    isYLogarithmic: y.scale === 'log',
  };
}

/** Each class as its share, drawn in steps. */
function drawnHistogram({ xLabel, edges, classes }: Histogram): DrawnFigure {
  const shares = classes.map(({ counts }) => sharesOf(counts));
  const most = Math.max(1e-9, ...shares.flat());
  return {
    series: classes.map(({ name }, at) => ({
      label: name,
      points: [...shares[at], 0].map((y, bin) => ({ x: edges[bin], y })),
      colour: CLASS_COLOURS[at % CLASS_COLOURS.length],
      dash: at,
      hasMarks: false,
      form: 'steps' as const,
    })),
    xLabel,
    yLabel: 'share of its class',
    xRange: [edges[0], edges[edges.length - 1]],
    yRange: [0, most * 1.05],
    xTicks: null,
    yTicks: null,
    isXLogarithmic: false,
    isYLogarithmic: false,
  };
}

/** Kinds repeat colours: neighbours in the plane matter, not names. */
function drawnPoints({ points }: Points): DrawnFigure {
  return {
    series: Array.from({ length: COLOURS }, (_, colour) => ({
      label: '',
      points: points.filter(({ kind }) => kind % COLOURS === colour).map(({ x, y }) => ({ x, y })),
      colour,
      dash: 0,
      hasMarks: true,
      form: 'points' as const,
    })),
    xLabel: '',
    yLabel: '',
    xRange: rangeOf(points.map(({ x }) => x)),
    yRange: rangeOf(points.map(({ y }) => y)),
    xTicks: null,
    yTicks: null,
    isXLogarithmic: false,
    isYLogarithmic: false,
  };
}

export function tableOf(figure: FigureShape): FigureTable {
  if (figure.kind === 'histogram') {
    return {
      columns: [figure.xLabel, ...figure.classes.map(({ name }) => name)],
      rows: figure.edges
        .slice(0, -1)
        .map((edge, bin) => [
          `${numberText(edge)} … ${numberText(figure.edges[bin + 1])}`,
          ...figure.classes.map(({ counts }) => String(counts[bin])),
        ]),
    };
  }
  if (figure.kind === 'points') {
    return {
      columns: ['person', 'x', 'y'],
      rows: figure.points.map(({ x, y, kind }) => [String(kind + 1), numberText(x), numberText(y)]),
    };
  }
  return {
    columns: ['series', figure.x.label, figure.y.label],
    rows: figure.series.flatMap(({ name, points }) =>
      points.map(([x, y]) => [name, numberText(x), numberText(y)]),
    ),
  };
}

/** Of y over x: a curve that rises keeps rising where x stays. */
function direction(points: readonly (readonly [number, number])[]): number {
  const [first, last] = [points[0], points[points.length - 1]];
  return first === undefined || (last[0] - first[0]) * (last[1] - first[1]) >= 0 ? 1 : -1;
}

function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

function rangeOf(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = (high - low || 1) * 0.04;
  return [low - pad, high + pad];
}

function isInside(value: number, { scale, domain: [low, high] }: Axis): boolean {
  return Number.isFinite(value) && value >= low && value <= high && (scale === 'linear' || value > 0);
}

function powersOfTen([low, high]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => 10 ** (first + at));
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(5))).replace('-', '−');
}
