// The figures of a report as SVG.

import { type Html, html } from '../html.ts';
import { histogramChart, lineChart, pointChart } from './charts.ts';
import { overallFigures, projectionFigures, scoreFigures } from './figures.ts';
import type { BenchmarkReport } from './report-model.ts';

export interface FigureOptions {
  /** Nothing that was derived from single pictures: no points of embeddings. */
  readonly aggregatesOnly: boolean;
}

/** All figures that the result has data for. */
export function reportFigures(report: BenchmarkReport, { aggregatesOnly }: FigureOptions): Html {
  const figures = [
    ...overallFigures(report).map(({ title, x, y, series }) => lineChart(title, x, y, series)),
    ...scoreFigures(report).map(({ title, xLabel, edges, classes }) =>
      histogramChart(title, xLabel, edges, classes),
    ),
    ...(aggregatesOnly
      ? []
      : projectionFigures(report).map(({ title, points }) => pointChart(title, points))),
  ];
  return html`<div class="figures">${figures}</div>`;
}
