// Tables of face boxes as UCCS and its challenges write them: a CSV with a picture, a box, and whose face it is.

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { ensure, GlimpseError, messageOf, systemCode } from '../../common/errors.ts';
import type { Box } from '../../imaging/box.ts';
import { type LeftOut, printable } from '../entries.ts';

/** One row. */
export interface BoxRow {
  readonly line: number;
  /** The picture's name as written. */
  readonly file: string;
  readonly box: Box;
  /** As written; null for unknown people (-1, empty) and where there is no such column. */
  readonly subject: string | null;
  /** A detection's score; null where there is none. */
  readonly score: number | null;
}

export interface BoxTable {
  readonly rows: readonly BoxRow[];
  readonly hasSubjects: boolean;
  readonly leftOut: readonly LeftOut[];
}

/** Names of a column over the years, in capitals. */
const COLUMNS = {
  file: ['FILE', 'IMAGE', 'FILENAME', 'IMAGE_NAME'],
  subject: ['SUBJECT_ID', 'ID', 'SUBJECT'],
  x: ['FACE_X', 'BB_X', 'X'],
  y: ['FACE_Y', 'BB_Y', 'Y'],
  width: ['FACE_WIDTH', 'BB_WIDTH', 'WIDTH', 'W'],
  height: ['FACE_HEIGHT', 'BB_HEIGHT', 'HEIGHT', 'H'],
  score: ['DETECTION_SCORE', 'SCORE'],
} as const;
type Column = keyof typeof COLUMNS;
const NEEDED: readonly Column[] = ['file', 'x', 'y', 'width', 'height'];

/**
 * Reads a table whose first line names its columns, in any order. Rows without a usable box are left out with their line.
 * Throws `not-found`, and `bad-dataset` for a file without the needed columns or that is no CSV.
 */
export async function readBoxTable(path: string): Promise<BoxTable> {
  const rows: BoxRow[] = [];
  const leftOut: LeftOut[] = [];
  let columns: Map<Column, number> | null = null;
  const options = { relax_column_count: true, skip_empty_lines: true, trim: true, info: true, bom: true };
  // Errors of either end are thrown by the loop below.
  const parser = pipeline(createReadStream(path), parse(options), () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (columns === null) {
        columns = columnsOf(record, path);
        continue;
      }
      const row = rowOf(record, columns, info.lines);
      if ('reason' in row) leftOut.push(row);
      else rows.push(row);
    }
  } catch (error) {
    if (error instanceof GlimpseError) throw error;
    if (systemCode(error) === 'ENOENT') throw new GlimpseError('not-found', `${path} does not exist`);
    throw new GlimpseError('bad-dataset', `${path} is not a readable CSV file: ${messageOf(error)}`, {
      cause: error,
    });
  }
  ensure(columns !== null, 'bad-dataset', `${path} is empty: its first line must name its columns`);
  return { rows, hasSubjects: columns.has('subject'), leftOut };
}

function columnsOf(header: readonly string[], path: string): Map<Column, number> {
  const names = header.map((name) => name.replace(/^#/, '').trim().toUpperCase());
  const columns = new Map<Column, number>();
  for (const column of Object.keys(COLUMNS) as Column[]) {
    const spellings: readonly string[] = COLUMNS[column];
    const at = names.findIndex((name) => spellings.includes(name));
    if (at >= 0) columns.set(column, at);
  }
  const missing = NEEDED.filter((column) => !columns.has(column));
  ensure(
    missing.length === 0,
    'bad-dataset',
    `${path} has no column ${missing.map((column) => COLUMNS[column][0]).join(', ')} (its columns: ${header.map(printable).join(', ')})`,
  );
  return columns;
}

function rowOf(
  record: readonly string[],
  columns: ReadonlyMap<Column, number>,
  line: number,
): BoxRow | LeftOut {
  const cell = (column: Column): string => record[columns.get(column) ?? -1] ?? '';
  const number = (column: Column): number => (cell(column) === '' ? Number.NaN : Number(cell(column)));
  const box = { x: number('x'), y: number('y'), width: number('width'), height: number('height') };
  const refused = (reason: string): LeftOut => ({ path: `line ${line}: ${printable(cell('file'))}`, reason });
  if (cell('file') === '') return refused('names no picture');
  if (!Object.values(box).every(Number.isFinite)) return refused('has a box that is not four numbers');
  if (box.width < 1 || box.height < 1) return refused(`has a box of ${box.width}×${box.height} pixels`);
  const score = number('score');
  const subject = cell('subject');
  const isUnknown = subject === '' || Number(subject) < 0;
  return {
    line,
    file: cell('file'),
    box,
    subject: isUnknown ? null : subject,
    score: Number.isFinite(score) ? score : null,
  };
}
