// A result as the window shows it: the report's own tables, sentences and figures, and one cell at a time.

import { ensure, GlimpseError } from '../../common/errors.ts';
import type {
  BenchmarkDetail,
  CellDetail,
  CellSummary,
  PairSide,
  TextTable,
  WorstPair,
} from '../../contract/benchmarks.ts';
import { cellFigures, overallFigures, projectionFigures } from '../../reports/benchmark/figures.ts';
import { publishedCells, publishedTables } from '../../reports/benchmark/published.ts';
import type { BenchmarkReport, Cell, VerificationCell } from '../../reports/benchmark/report-model.ts';
import { headline, summaryLines } from '../../reports/benchmark/report-summary.ts';
import {
  foldTable,
  operatingTable,
  pairedTable,
  resultTable,
} from '../../reports/benchmark/report-tables.ts';

/** Where full-resolution sides are shown from. */
const FULL_SIZE_PX = 112;
const WORST_SHOWN = 5;
/** Columns of the result table that say which cell it is. */
const NAMING_COLUMNS = 5;

/** `path` is that of result.json. */
export function detailOf(name: string, path: string, report: BenchmarkReport): BenchmarkDetail {
  const { data } = report;
  const tables = [resultTable, pairedTable, operatingTable, foldTable].map((make) => make(report));
  return {
    name,
    path,
    protocol: report.protocol,
    title: data.title,
    createdAt: report.createdAt,
    command: report.command,
    summary: summaryLines(report),
    cells: report.cells.map(summaryOf),
    publishedCells: publishedCells(report.protocol),
    published: publishedTables(report.protocol),
    tables: tables.filter(({ rows }) => rows.length > 0),
    figures: [...overallFigures(report), ...projectionFigures(report)],
    data: {
      title: data.title,
      path: data.path,
      fingerprint: data.fingerprint,
      counts: data.counts,
      notes: data.notes,
      leftOut: data.leftOut.length,
    },
    models: report.models.map(({ name: model, role, digest, settings }) => ({
      name: model,
      role,
      digest,
      settings,
    })),
    notComputed: report.notComputed,
    limits: report.limits,
    environment: report.environment,
  };
}

/** `savePicture` keeps a PNG and returns the name that the window asks for it by. Throws `not-found`. */
export async function cellDetailOf(
  report: BenchmarkReport,
  id: string,
  savePicture: (png: Buffer) => Promise<string>,
): Promise<CellDetail> {
  const cell = report.cells.find((one) => one.id === id);
  if (cell === undefined) throw new GlimpseError('not-found', `the result has no cell ${id}`);
  const { columns, rows } = resultTable({ cells: [cell], settings: report.settings });
  const worst = (pairs: readonly number[]): Promise<WorstPair[]> =>
    Promise.all(
      pairs
        .slice(0, WORST_SHOWN)
        .map((pair) => worstPairOf(report, cell as VerificationCell, pair, savePicture)),
    );
  const isPairs = cell.kind === 'pairs';
  return {
    id,
    command: cell.command ?? report.command,
    facts: columns.slice(NAMING_COLUMNS).map((column, at) => [column, rows[0][NAMING_COLUMNS + at]] as const),
    operatingPoints: withoutFirst(operatingTable({ cells: [cell] })),
    figures: cellFigures(report, cell),
    worstImpostors: isPairs ? await worst(cell.measured.worstImpostors) : [],
    worstGenuines: isPairs ? await worst(cell.measured.worstGenuines) : [],
  };
}

/** Which cell it is stands above. */
function withoutFirst(table: TextTable): TextTable {
  return { ...table, columns: table.columns.slice(1), rows: table.rows.map((row) => row.slice(1)) };
}

function summaryOf(cell: Cell): CellSummary {
  const { measure, share, interval, standardError } = headline(cell);
  const { id, kind, model, role, resolutionPx, scenario, adaptation, group } = cell;
  const { low, high } = interval;
  return {
    ...{ id, kind, model, role, resolutionPx, scenario, adaptation, group },
    ...{ measure, share, low, high, standardError },
  };
}

async function worstPairOf(
  { pairs, crops }: BenchmarkReport,
  { scores, scenario, resolutionPx }: VerificationCell,
  pair: number,
  savePicture: (png: Buffer) => Promise<string>,
): Promise<WorstPair> {
  ensure(pairs !== null && pair in pairs.left, 'bad-data', `the result has no pair ${pair}`);
  const side = async (face: number, sizePx: number): Promise<PairSide> => {
    const data = crops?.[`${face}@${sizePx}`];
    return {
      name: pairs.faceNames?.[face] ?? `face ${face}`,
      sizePx,
      picture: data === undefined ? null : await savePicture(Buffer.from(data, 'base64')),
    };
  };
  return {
    pair,
    score: scores[pair],
    left: await side(pairs.left[pair], resolutionPx),
    right: await side(pairs.right[pair], scenario === 'lr-lr' ? resolutionPx : FULL_SIZE_PX),
  };
}
