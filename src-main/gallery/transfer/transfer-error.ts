// What SQLite refuses of an export's rows, in a sentence about the export.

import Sqlite from 'better-sqlite3';
import { GlimpseError } from '../../common/errors.ts';

/** A broken reference, a number or name that comes twice: `bad-data`. Other errors as they are. */
export function asTransferError(error: unknown, path: string): unknown {
  const isContradiction = error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT');
  if (!isContradiction) return error;
  return new GlimpseError(
    'bad-data',
    `${path} contradicts itself: its rows break a rule (${error.message})`,
    {
      cause: error,
    },
  );
}
