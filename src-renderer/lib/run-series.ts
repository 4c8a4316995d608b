// Curves of runs as chart series: which measure, of which runs, over epochs.

import type { ChartPoint, ChartSeries } from './chart-series.ts';

interface StepPoint {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly learningRate: number;
  readonly values: Readonly<Record<string, number | undefined>>;
  readonly imagesPerSecond: number;
  readonly rssMb: number;
}

interface EpochPoint {
  readonly epoch: number;
  readonly validation: { readonly lrLr: number; readonly lrHr: number | null } | null;
}

export interface RunPoints {
  readonly name: string;
  readonly steps: readonly StepPoint[];
  readonly epochs: readonly EpochPoint[];
}

export type StepMeasure = 'learningRate' | 'imagesPerSecond' | 'rssMb' | 'gradientNorm';

const TERMS = ['classification', 'instance', 'relation', 'embedding'] as const;

/** One curve per run. */
export function stepSeries(runs: readonly RunPoints[], measure: StepMeasure): ChartSeries[] {
  return runs.map(({ name, steps }, at) => ({
    label: name,
    points: steps.map((step) => ({
      x: positionOf(step),
      y: measure === 'gradientNorm' ? (step.values.gradientNorm ?? 0) : step[measure],
    })),
    colour: at,
    dash: at,
    hasMarks: false,
  }));
}

/** Total and terms of a single run; of several runs the totals alone, or nobody could read them. */
export function lossSeries(
  runs: readonly RunPoints[],
  labels: { readonly total: string; readonly terms: Readonly<Record<string, string>> },
): ChartSeries[] {
  if (runs.length > 1) {
    return runs.map((run, at) => series(`${run.name} ${labels.total}`, pointsOf(run, 'total'), at, at));
  }
  return runs.flatMap((run) => [
    series(labels.total, pointsOf(run, 'total'), 4, 0),
    ...TERMS.map((term, at) => series(labels.terms[term], pointsOf(run, term), at, at)).filter(
      ({ points }) => points.length > 0,
    ),
  ]);
}

/** Percent. LR-LR and LR-HR of each run that was validated: a run has its colour, a scenario its dash. */
export function accuracySeries(
  runs: readonly RunPoints[],
  labels: { readonly lrLr: string; readonly lrHr: string },
): ChartSeries[] {
  return runs.flatMap(({ name, epochs }, at) => {
    const prefix = runs.length > 1 ? `${name} ` : '';
    const points = (pick: (v: { lrLr: number; lrHr: number | null }) => number | null): ChartPoint[] =>
      epochs.flatMap(({ epoch, validation }) => {
        const share = validation === null ? null : pick(validation);
        return share === null ? [] : [{ x: epoch + 1, y: share * 100 }];
      });
    const both = [
      {
        ...series(
          `${prefix}${labels.lrLr}`,
          points(({ lrLr }) => lrLr),
          at,
          0,
        ),
        hasMarks: true,
      },
      {
        ...series(
          `${prefix}${labels.lrHr}`,
          points(({ lrHr }) => lrHr),
          at,
          1,
        ),
        hasMarks: true,
      },
    ];
    return both.filter((line) => line.points.length > 0);
  });
}

function series(label: string, points: readonly ChartPoint[], colour: number, dash: number): ChartSeries {
  return { label, points, colour, dash, hasMarks: false };
}

function pointsOf({ steps }: RunPoints, value: string): ChartPoint[] {
  return steps.flatMap((step) => {
    const y = step.values[value];
    return y === undefined ? [] : [{ x: positionOf(step), y }];
  });
}

/** In epochs, from 0. */
function positionOf({ epoch, step, stepsPerEpoch }: StepPoint): number {
  return epoch + step / stepsPerEpoch;
}
