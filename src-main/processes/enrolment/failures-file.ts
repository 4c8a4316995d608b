// Files that were not enrolled, each with its reason, as a CSV for spreadsheets.

import { writeFileAtomically } from '../../common/files.ts';
import type { LeftOut } from '../../datasets/entries.ts';
import { csvLine } from '../../reports/csv.ts';

export interface Failure {
  readonly name: string;
  readonly reason: string;
}

/** What was left out before the import began comes first. */
export async function writeFailures(
  path: string,
  leftOut: readonly LeftOut[],
  failures: readonly Failure[],
): Promise<void> {
  const rows = [...leftOut.map(({ path: name, reason }) => ({ name, reason })), ...failures];
  const lines = rows.map(({ name, reason }) => csvLine([name, reason]));
  await writeFileAtomically(path, [csvLine(['file', 'reason']), ...lines].join(''));
}
