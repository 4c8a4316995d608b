// Manifests: a CSV or JSON file that says of each picture who it shows, where and when it was taken.

import { createReadStream } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { ensure, GlimpseError, messageOf, systemCode } from '../../common/errors.ts';
import { type LeftOut, printable } from '../entries.ts';
import { mapInFlight } from '../in-flight.ts';
import { parseCapturedAt } from './captured-at.ts';
import type { SourceItem, SourceList } from './source-item.ts';
import { resolveInside } from './source-paths.ts';

/** Column or key → what it holds; `path` must be there. Case, spaces, `-` and `_` in a CSV's header do not matter. */
export const MANIFEST_COLUMNS = ['path', 'subject', 'camera', 'captured-at', 'tags', 'track'] as const;
type Column = (typeof MANIFEST_COLUMNS)[number];

/** One row as it stands in the file; `line` is where, for messages. */
interface Row {
  readonly line: string;
  readonly values: Readonly<Partial<Record<Column, string>>>;
  /** Why the row itself cannot be used. */
  readonly problem: string | null;
}

const PATHS_IN_FLIGHT = 32;
const LONGEST_FIELD = 4096;
const TAG_SEPARATOR = /[;|]/;

/**
 * Reads a `.csv` or `.json` manifest (an array of objects, or `{"faces": […]}`). Paths are relative to the manifest and may
 * not leave its folder. Rows that cannot be used are left out with their line and reason; throws `not-found`, and
 * `bad-dataset` for a file without a `path` column or that is no CSV or JSON at all.
 */
export async function readManifest(path: string): Promise<SourceList> {
  const rows = path.toLowerCase().endsWith('.json') ? await readJsonRows(path) : await readCsvRows(path);
  const folder = dirname(await realpath(path));
  const outcomes = await mapInFlight(rows, PATHS_IN_FLIGHT, (row) => itemOf(row, folder));
  const items: SourceItem[] = [];
  const leftOut: LeftOut[] = [];
  for (const outcome of outcomes) {
    if ('reason' in outcome) leftOut.push(outcome);
    else items.push(outcome);
  }
  return { items, leftOut };
}

async function itemOf({ line, values, problem }: Row, folder: string): Promise<SourceItem | LeftOut> {
  const written = values.path ?? '';
  const refused = (reason: string): LeftOut => ({ path: `${line}: ${printable(written)}`, reason });
  if (problem !== null) return refused(problem);
  const resolved = await resolveInside(written, folder);
  if (resolved.kind === 'refused') return refused(resolved.reason);
  const time = values['captured-at'] ?? '';
  const capturedAtMs = time === '' ? null : parseCapturedAt(time);
  if (time !== '' && capturedAtMs === null)
    return refused(`has the time ${printable(time)}, which is not ISO 8601 (2026-01-31T23:59:59Z)`);
  return {
    path: resolved.path,
    name: written,
    subject: values.subject || null,
    camera: values.camera || null,
    capturedAtMs,
    tags: (values.tags ?? '')
      .split(TAG_SEPARATOR)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    track: values.track || null,
  };
}

/** Fields are read as bytes, so that one row in another encoding costs itself alone. */
async function readCsvRows(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  let columns: (Column | null)[] | null = null;
  const options = { encoding: null, relax_column_count: true, skip_empty_lines: true, info: true };
  // Errors of either end are thrown by the loop below.
  const parser = pipeline(createReadStream(path), parse(options), () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: Buffer[];
      info: { lines: number };
    }>) {
      if (columns === null) {
        columns = columnsOf(record, path);
        continue;
      }
      rows.push(rowOf(record, columns, info.lines));
    }
  } catch (error) {
    if (error instanceof GlimpseError) throw error;
    if (systemCode(error) === 'ENOENT') throw new GlimpseError('not-found', `${path} does not exist`);
    throw new GlimpseError('bad-dataset', `${path} is not a readable CSV file: ${messageOf(error)}`, {
      cause: error,
    });
  }
  ensure(
    columns !== null,
    'bad-dataset',
    `${path} is empty: expected a header with ${MANIFEST_COLUMNS.join(', ')}`,
  );
  return rows;
}

function columnsOf(header: readonly Buffer[], path: string): (Column | null)[] {
  const names = header.map((name) =>
    name
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trim(),
  );
  const columns = names.map((name) => {
    const plain = name.toLowerCase().replace(/[ _]/g, '-');
    return MANIFEST_COLUMNS.find((column) => column === plain || column.replace('-', '') === plain) ?? null;
  });
  ensure(
    columns.includes('path'),
    'bad-dataset',
    `${path} has no column "path" (its columns: ${names.map(printable).join(', ')}): ` +
      `the first line names them, of ${MANIFEST_COLUMNS.join(', ')}`,
  );
  return columns;
}

function rowOf(record: readonly Buffer[], columns: readonly (Column | null)[], lines: number): Row {
  const line = `line ${lines}`;
  const values: Partial<Record<Column, string>> = {};
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let problem =
    record.length === columns.length ? null : `has ${record.length} fields, the header ${columns.length}`;
  for (const [at, column] of columns.entries()) {
    if (column === null || record[at] === undefined) continue;
    try {
      values[column] = decoder.decode(record[at]).trim();
    } catch {
      problem = `is not UTF-8 in its field ${column}`;
    }
    if (record[at].length > LONGEST_FIELD)
      problem = `has a field ${column} of ${record[at].length} bytes, at most ${LONGEST_FIELD}`;
  }
  return { line, values, problem };
}

async function readJsonRows(path: string): Promise<Row[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw new GlimpseError('not-found', `${path} does not exist`);
    throw new GlimpseError('bad-dataset', `${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
  const faces = Array.isArray(content) ? content : (content as { faces?: unknown } | null)?.faces;
  ensure(Array.isArray(faces), 'bad-dataset', `${path} holds neither an array nor {"faces": […]}`);
  return faces.map((face, index) => jsonRow(face, `entry ${index + 1}`));
}

function jsonRow(face: unknown, line: string): Row {
  const values: Partial<Record<Column, string>> = {};
  if (typeof face !== 'object' || face === null) return { line, values, problem: 'is not an object' };
  for (const column of MANIFEST_COLUMNS) {
    const value: unknown = Object.hasOwn(face, column)
      ? (face as Record<string, unknown>)[column]
      : undefined;
    if (value === undefined || value === null) continue;
    if (typeof value === 'string') values[column] = value.trim();
    else if (column === 'tags' && Array.isArray(value)) values.tags = value.join(';');
    else return { line, values, problem: `has ${JSON.stringify(value)} for ${column}, expected text` };
  }
  return { line, values, problem: null };
}
