// Assertions on a result, for people's own CI: `lfw.16.lr-lr.accuracy>=85`.

import { GlimpseError } from '../../common/errors.ts';
import type { BenchmarkReport, Cell } from './report-model.ts';

const OPERATORS = {
  '>=': (value: number, limit: number) => value >= limit,
  '<=': (value: number, limit: number) => value <= limit,
  '>': (value: number, limit: number) => value > limit,
  '<': (value: number, limit: number) => value < limit,
} as const;
type Operator = keyof typeof OPERATORS;

export interface Assertion {
  readonly text: string;
  /** `lfw.16.lr-lr.accuracy`, or with a model, or with model and adaptation before the metric. */
  readonly name: string;
  readonly operator: Operator;
  /** In percent, as all rates are. */
  readonly limit: number;
}

export interface AssertionOutcome {
  readonly text: string;
  readonly holds: boolean;
  /** Every cell that it speaks of. */
  readonly values: readonly { readonly cell: string; readonly percent: number | null }[];
}

/** Metrics that may stand at the end of a name; rates are in percent. */
export const METRICS = [
  'accuracy',
  'best-threshold',
  'auc',
  'eer',
  'tar@0.1',
  'tar@0.01',
  'tar@0.001',
  'tar@0.0001',
  'top-1',
  'top-5',
  'rank-1',
  'rank-5',
  'rank-10',
  'rank-20',
  'rank-50',
  'map',
  'dir@0.3',
  'dir@0.2',
  'dir@0.1',
  'dir@0.01',
  'dir@0.001',
] as const;
export type Metric = (typeof METRICS)[number];

/** Throws `bad-usage` with the rule. */
export function parseAssertion(text: string): Assertion {
  const match = /^\s*(\S+?)\s*(>=|<=|>|<)\s*([+-]?\d+(?:\.\d+)?)\s*$/.exec(text);
  const metric = METRICS.find((known) => match?.[1].endsWith(`.${known}`));
  if (match === null || metric === undefined) {
    throw new GlimpseError(
      'bad-usage',
      `an assertion reads like lfw.16.lr-lr.accuracy>=85, its last part one of ${METRICS.join(', ')}, not ${JSON.stringify(text)}`,
    );
  }
  return { text: text.trim(), name: match[1], operator: match[2] as Operator, limit: Number(match[3]) };
}

/** Throws `bad-usage` where no cell has the name: an assertion about nothing must not pass. */
export function ensureKnownNames(assertions: readonly Assertion[], cellIds: readonly string[]): void {
  for (const { text, name } of assertions) {
    if (cellIds.some((id) => METRICS.some((metric) => namesOf(id, metric).includes(name)))) continue;
    throw new GlimpseError(
      'bad-usage',
      `the assertion ${text} speaks of no cell of this run (cells: ${cellIds.join(', ')})`,
    );
  }
}

/** Holds where every cell that it speaks of has the number and the number keeps the rule. */
export function checkAssertions(
  assertions: readonly Assertion[],
  report: BenchmarkReport,
): AssertionOutcome[] {
  return assertions.map(({ text, name, operator, limit }) => {
    const values = report.cells.flatMap((cell) =>
      METRICS.filter((metric) => namesOf(cell.id, metric).includes(name)).map((metric) => ({
        cell: cell.id,
        percent: percentOf(cell, metric),
      })),
    );
    const holds =
      values.length > 0 &&
      values.every(({ percent }) => percent !== null && OPERATORS[operator](percent, limit));
    return { text, holds, values };
  });
}

/** With everything, without the last parts down to protocol, resolution and scenario. Names may hold dots themselves. */
function namesOf(cellId: string, metric: Metric): string[] {
  const parts = cellId.split('.');
  return Array.from({ length: parts.length - 2 }, (_, index) =>
    [...parts.slice(0, index + 3), metric].join('.'),
  );
}

/** Null where the cell has no such number, or its data could not support it. */
function percentOf(cell: Cell, metric: Metric): number | null {
  const share = shareOf(cell, metric);
  // 0.57 × 100 is 56.999… in floating point, and means over folds lose a last digit too.
  return share === null ? null : Number((share * 100).toFixed(9));
}

function shareOf(cell: Cell, metric: Metric): number | null {
  const [kind, argument] = metric.split(/[-@]/);
  if (cell.kind === 'pairs') {
    const { accuracy, bestThresholdAccuracy, auc, eer, operatingPoints } = cell.measured;
    if (metric === 'accuracy') return accuracy ?? bestThresholdAccuracy;
    if (metric === 'best-threshold') return bestThresholdAccuracy;
    if (metric === 'auc') return auc;
    if (metric === 'eer') return eer;
    const point = operatingPoints.find(({ targetFmr }) => targetFmr === Number(argument));
    return kind === 'tar' && point?.kind === 'supported' ? point.tar : null;
  }
  if (kind === 'top' || kind === 'rank')
    return cell.measured.cmc.find(({ rank }) => rank === Number(argument))?.rate ?? null;
  if (cell.kind === 'closed-set') return metric === 'accuracy' ? (cell.measured.cmc[0]?.rate ?? null) : null;
  if (metric === 'map') return cell.measured.meanAveragePrecision?.mean ?? null;
  const point = cell.measured.openSet.find(({ targetFpir }) => targetFpir === Number(argument));
  return kind === 'dir' && point?.kind === 'supported' ? point.tpir : null;
}
