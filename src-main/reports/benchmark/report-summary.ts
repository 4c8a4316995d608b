// What a result comes to, in a few sentences that stand first.

import type { Interval } from '../../evaluation/confidence.ts';
import { percent } from '../../evaluation/report-lines.ts';
import type { BenchmarkReport, Cell, VerificationCell } from './report-model.ts';
import { intervalText } from './report-tables.ts';

/** Sentences, the most telling first. */
export function summaryLines(report: BenchmarkReport): string[] {
  return [...bestLines(report), ...baselineLines(report), ...adaptationLines(report), ...caveatLines(report)];
}

export interface Headline {
  /** `accuracy`, `top-1`. */
  readonly measure: string;
  readonly share: number;
  readonly interval: Interval;
  readonly standardError: number | null;
}

/** A cell's main number as a share of 1. */
export function headline(cell: Cell): Headline {
  if (cell.kind === 'pairs') {
    const { accuracy, accuracyStandardError, bestThresholdAccuracy, accuracyInterval } = cell.measured;
    return {
      measure: accuracy === null ? 'best-threshold accuracy' : 'accuracy',
      share: accuracy ?? bestThresholdAccuracy,
      interval: accuracyInterval,
      standardError: accuracyStandardError,
    };
  }
  const [{ rate, interval }] = cell.measured.cmc;
  const measure = cell.kind === 'closed-set' ? 'top-1' : 'rank 1';
  return { measure, share: rate, interval, standardError: null };
}

function headlineText(cell: Cell): string {
  const { measure, share, interval } = headline(cell);
  return `${measure} ${percent(share)} (95 % ${intervalText(interval)})`;
}

function bestLines({ cells, protocol }: BenchmarkReport): string[] {
  const groups = Map.groupBy(
    cells,
    ({ resolutionPx, scenario, group }) => `${resolutionPx} ${scenario} ${group}`,
  );
  return [...groups.values()].map((own) => {
    const best = own.reduce((left, right) => (headline(right).share > headline(left).share ? right : left));
    const where = `${protocol} at ${best.resolutionPx} px, ${best.scenario.toUpperCase()}${best.group === null ? '' : `, ${best.group}`}`;
    const how = best.adaptation === 'none' ? '' : `, FaceBN ${best.adaptation}`;
    const of = own.length > 1 ? ` (best of ${own.length})` : '';
    return `${where}: ${best.model}${how} reaches ${headlineText(best)}${of}.`;
  });
}

/** Against model_I and model_II on the same pairs. */
function baselineLines({ cells, paired }: BenchmarkReport): string[] {
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  return paired.flatMap(({ first, second, comparison }) => {
    const [left, right] = [byId.get(first), byId.get(second)];
    if (left === undefined || right === undefined || left.model === right.model) return [];
    const isBaseline = right.role === 'model_I' || right.role === 'model_II';
    if (!isBaseline || left.role === right.role) return [];
    const { difference, pValue } = comparison;
    const points = `${Math.abs(difference * 100).toFixed(2)} points ${difference >= 0 ? 'better' : 'worse'}`;
    const doubt = pValue < 0.05 ? '' : ', which may be chance';
    return [
      `${left.model} (${left.adaptation}) is ${points} than ${right.model} (${right.role}) at ${left.resolutionPx} px, ${left.scenario.toUpperCase()} (McNemar p ${pValueText(pValue)}${doubt}).`,
    ];
  });
}

/** Says when adaptation hurts, too. */
function adaptationLines({ cells, paired }: BenchmarkReport): string[] {
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  return paired.flatMap(({ first, second, comparison }) => {
    const [left, right] = [byId.get(first), byId.get(second)] as (VerificationCell | undefined)[];
    if (left === undefined || right?.adaptation !== 'none' || left.model !== right.model) return [];
    const { difference, pValue } = comparison;
    const verb = pValue >= 0.05 ? 'changes little' : difference > 0 ? 'helps' : 'hurts';
    const sign = difference >= 0 ? '+' : '−';
    return [
      `FaceBN (${left.adaptation}) ${verb} for ${left.model} at ${left.scenario.toUpperCase()}: ${sign}${Math.abs(difference * 100).toFixed(2)} points (McNemar p ${pValueText(pValue)}).`,
    ];
  });
}

function caveatLines({ data, notComputed, limits }: BenchmarkReport): string[] {
  const left = data.leftOut.length;
  return [
    ...(left > 0
      ? [`${left} ${left === 1 ? 'item was' : 'items were'} left out of the data; they are listed below.`]
      : []),
    ...(notComputed.length > 0
      ? [`${notComputed.length} asked numbers could not be computed; the reasons stand below.`]
      : []),
    ...limits.filter((line) => line.includes('not comparable')).map((line) => `${line}.`),
  ];
}

function pValueText(value: number): string {
  return value < 1e-4 ? '< 0.0001' : `= ${value.toFixed(4)}`;
}
