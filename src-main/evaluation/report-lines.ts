// Verification results as text: aligned tables that are Markdown as well, and the operating points in words.

import type { OperatingPoint } from './operating-points.ts';
import type { VerificationResult } from './verification.ts';

/** One row: what was measured, in the reader's words, and the result. */
export interface NamedResult {
  readonly name: string;
  readonly result: VerificationResult;
}

/** Results below each other: accuracy ± standard error, best-threshold accuracy, AUC, EER and a TAR column per FAR. */
export function verificationTable(rows: readonly NamedResult[]): string[] {
  const targets = rows[0]?.result.operatingPoints.map((point) => point.targetFmr) ?? [];
  const header = ['', 'accuracy', 'best threshold', 'AUC', 'EER', ...targets.map(tarLabel)];
  return textTable(
    header,
    rows.map(({ name, result }) => verificationCells(name, result)),
  );
}

/** The cells of one row, in the order of `verificationTable`. */
export function verificationCells(name: string, result: VerificationResult): string[] {
  return [
    name,
    accuracyText(result),
    percent(result.bestThresholdAccuracy),
    result.auc.toFixed(4),
    percent(result.eer),
    ...result.operatingPoints.map((point) => (point.kind === 'supported' ? percent(point.tar) : '–')),
  ];
}

/** One line per operating point: target, achieved, counts and intervals, or why there is none. */
export function operatingPointLines(points: readonly OperatingPoint[]): string[] {
  return points.map((point) => {
    if (point.kind === 'refused') return `${tarLabel(point.targetFmr)}: refused, ${point.reason}`;
    const { tarInterval, fmrInterval } = point;
    return (
      `${tarLabel(point.targetFmr)}: ${percent(point.tar)} ` +
      `(${point.trueMatches} of ${point.genuines}, 95 % ${percent(tarInterval.low)} … ${percent(tarInterval.high)}) ` +
      `at score ≥ ${point.threshold.toFixed(4)}; FAR ${percent(point.fmr)} ` +
      `(${point.falseMatches} of ${point.impostors}, ${point.falseMatchesAllowed} allowed, ` +
      `95 % ${percent(fmrInterval.low)} … ${percent(fmrInterval.high)})`
    );
  });
}

/** A Markdown table with aligned columns: the first to the left, the others to the right. Cells hold no line breaks. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const withoutBars = (cell: string) => cell.replaceAll('|', '\\|');
  const table = [header, ...rows].map((cells) => cells.map(withoutBars));
  const widths = header.map((_, column) => Math.max(2, ...table.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => {
    const padded = widths.map((width, column) => {
      const cell = cells[column] ?? '';
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(table[0]), line(rule), ...table.slice(1).map(line)];
}

/** A share of 1 as percent with two decimals. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** Accuracy with its standard error; with one fold there is none to report. */
export function accuracyText({ accuracy, accuracyStandardError }: VerificationResult): string {
  if (accuracy === null || accuracyStandardError === null) return '–';
  return `${(accuracy * 100).toFixed(2)} ± ${(accuracyStandardError * 100).toFixed(2)} %`;
}

function tarLabel(targetFmr: number): string {
  return `TAR@FAR ${targetFmr.toExponential().replace('e-', 'e−')}`;
}
