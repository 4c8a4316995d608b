// Reads a result from a file: from outside, so that its shape is checked before anything is believed.

import { ensure } from '../../common/errors.ts';
import { readJsonFile } from '../../common/files.ts';
import { type BenchmarkReport, REPORT_FORMAT, REPORT_VERSION } from './report-model.ts';

const TEXTS = ['title', 'protocol', 'createdAt', 'command'] as const;
const LISTS = [
  'models',
  'cells',
  'paired',
  'notComputed',
  'limits',
  'layers',
  'projections',
  'negatives',
] as const;
const OBJECTS = ['environment', 'data', 'degradation', 'settings'] as const;

/** Throws `not-found`, `bad-data` for a file that is no result, and `unsupported` for one of a newer version. */
export async function readReport(path: string): Promise<BenchmarkReport> {
  const value = (await readJsonFile(path)) as Partial<BenchmarkReport> | null;
  ensure(value !== null, 'not-found', `${path} does not exist: name a result.json of \`glimpse benchmark\``);
  const isOurs = typeof value === 'object' && value.format === REPORT_FORMAT;
  ensure(isOurs, 'bad-data', `${path} is no benchmark result (its format is not "${REPORT_FORMAT}")`);
  ensure(
    value.version === REPORT_VERSION,
    'unsupported',
    `${path} is a result of version ${JSON.stringify(value.version)}, this Glimpse reads version ${REPORT_VERSION}`,
  );
  for (const key of TEXTS)
    ensure(typeof value[key] === 'string', 'bad-data', `${path}: ${key} is not a text`);
  for (const key of LISTS) ensure(Array.isArray(value[key]), 'bad-data', `${path}: ${key} is not a list`);
  for (const key of OBJECTS) {
    ensure(
      typeof value[key] === 'object' && value[key] !== null,
      'bad-data',
      `${path}: ${key} is not an object`,
    );
  }
  checkCells(value as BenchmarkReport, path);
  return value as BenchmarkReport;
}

function checkCells({ cells, pairs }: BenchmarkReport, path: string): void {
  for (const [index, cell] of cells.entries()) {
    const name = `${path}: cell ${index + 1}`;
    ensure(
      cell?.kind === 'pairs' || cell?.kind === 'closed-set' || cell?.kind === 'search',
      'bad-data',
      `${name} is of no known kind`,
    );
    ensure(
      typeof cell.measured === 'object' && cell.measured !== null,
      'bad-data',
      `${name} has no measured numbers`,
    );
    if (cell.kind === 'pairs') {
      ensure(
        pairs !== null && Array.isArray(cell.scores) && cell.scores.length === pairs?.isGenuine?.length,
        'bad-data',
        `${name} has ${cell.scores?.length} scores for ${pairs?.isGenuine?.length} pairs`,
      );
    } else {
      const lists = cell.kind === 'search' ? [cell.mateScores, cell.mateRanks, cell.bestOther] : [cell.ranks];
      const fits = lists.every((list) => Array.isArray(list) && list.length === cell.subjects?.length);
      ensure(fits, 'bad-data', `${name} has lists of different lengths`);
    }
  }
}
