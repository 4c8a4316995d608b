// Files that were not enrolled, each with its reason, as the text of a CSV for spreadsheets.

import type { LeftOut } from '../../datasets/entries.ts';
import { csvLine } from '../../reports/csv.ts';

export interface Failure {
  readonly name: string;
  readonly reason: string;
}

/** What was left out before the import began comes first. */
export function failuresCsv(leftOut: readonly LeftOut[], failures: readonly Failure[]): string {
  const rows = [...leftOut.map(({ path: name, reason }) => ({ name, reason })), ...failures];
  const lines = rows.map(({ name, reason }) => csvLine([name, reason]));
  return [csvLine(['file', 'reason']), ...lines].join('');
}
