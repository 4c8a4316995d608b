// A figure as plain numbers: reports draw it as SVG, the window by chart.js with a table behind it.

export interface FigureAxis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  readonly domain: readonly [low: number, high: number];
  /** Where ticks stand; by default round numbers. */
  readonly ticks?: readonly number[];
}

export interface FigureSeries {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Published or reference values: dashed. */
  readonly isDashed?: boolean;
  /** A dot at each point. */
  readonly hasDots?: boolean;
}

export interface LineFigure {
  readonly kind: 'lines';
  readonly title: string;
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  readonly series: readonly FigureSeries[];
}

/** Two classes over common bins; `edges` has one entry more than each `counts`. */
export interface HistogramFigure {
  readonly kind: 'histogram';
  readonly title: string;
  readonly xLabel: string;
  readonly edges: readonly number[];
  readonly classes: readonly { readonly name: string; readonly counts: readonly number[] }[];
}

/** Embeddings in the plane: each point stands for one picture. */
export interface PointFigure {
  readonly kind: 'points';
  readonly title: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly kind: number }[];
}

export type Figure = LineFigure | HistogramFigure | PointFigure;
