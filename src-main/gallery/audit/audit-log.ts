// The audit log: rows that each carry the hash of the one before, so that a changed, removed or reordered row shows.

import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';

export interface AuditEntry {
  readonly sequence: number;
  /** Milliseconds since 1970 by this machine's clock, which may have gone backwards. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly body: unknown;
}

interface Row {
  readonly sequence: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly body: string;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

export interface AuditVerdict {
  readonly entries: number;
  /** The last hash, as hex: written down elsewhere, it shows a log whose end was cut off along with its record here. */
  readonly head: string;
  /** The first thing that is wrong; null where the chain holds. */
  readonly problem: string | null;
}

const GENESIS = Buffer.alloc(32);
const HEAD_KEY = 'audit-head';

/** Appends one entry, inside the caller's transaction where there is one, so that action and record stand or fall together. */
export function appendAudit(
  database: Database,
  entry: { readonly at: number; readonly actor: string; readonly action: string; readonly body: unknown },
): void {
  const last = database.prepare('SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1').get() as
    | Pick<Row, 'sequence' | 'hash'>
    | undefined;
  const row = {
    ...entry,
    sequence: (last?.sequence ?? 0) + 1,
    body: JSON.stringify(entry.body),
    previous: last?.hash ?? GENESIS,
  };
  const hash = hashOf(row);
  database
    .prepare(
      'INSERT INTO audit (sequence, at, actor, action, body, previous, hash) VALUES (@sequence, @at, @actor, @action, @body, @previous, @hash)',
    )
    .run({ ...row, hash });
  database
    .prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    )
    .run(HEAD_KEY, headOf(row.sequence, hash));
}

/** Entries in order, from `after` on. */
export function readAudit(
  database: Database,
  options: { after?: number; limit?: number } = {},
): AuditEntry[] {
  const { after = 0, limit = 1_000_000 } = options;
  const rows = database
    .prepare(
      'SELECT sequence, at, actor, action, body FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?',
    )
    .all(after, limit) as Omit<Row, 'previous' | 'hash'>[];
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) }));
}

/** An entry as it stands: its hash is SHA-256 over the bytes of `previous` and then the JSON of [sequence, at, actor, action, body]. */
export interface ChainedEntry extends Omit<AuditEntry, 'body'> {
  /** JSON, the very text that was hashed. */
  readonly body: string;
  /** Hex. */
  readonly previous: string;
  readonly hash: string;
}

/** The entries whose body names a case, in order. */
export function auditOfCase(database: Database, caseId: number): ChainedEntry[] {
  const rows = database
    .prepare(
      `SELECT * FROM audit WHERE action LIKE 'case.%' AND json_extract(body, '$.case') = ? ORDER BY sequence`,
    )
    .all(caseId) as Row[];
  return rows.map((row) => ({
    ...row,
    previous: row.previous.toString('hex'),
    hash: row.hash.toString('hex'),
  }));
}

/** Walks the whole chain. A clock that went backwards is no fault: the chain, not the time, orders the rows. */
export function verifyAudit(database: Database): AuditVerdict {
  let previous: Buffer = GENESIS;
  let sequence = 0;
  const verdict = (problem: string | null): AuditVerdict => ({
    entries: sequence,
    head: previous.toString('hex'),
    problem,
  });
  for (const row of database
    .prepare('SELECT * FROM audit ORDER BY sequence')
    .iterate() as IterableIterator<Row>) {
    if (row.sequence !== sequence + 1)
      return verdict(`entry ${sequence + 1} is missing: ${row.sequence} follows ${sequence}`);
    if (!row.previous.equals(previous))
      return verdict(`entry ${row.sequence} does not follow the one before it`);
    if (!hashOf(row).equals(row.hash)) return verdict(`entry ${row.sequence} was changed`);
    previous = row.hash;
    sequence = row.sequence;
  }
  const recorded = database.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(HEAD_KEY) as
    | string
    | undefined;
  const isWhole = (recorded ?? headOf(0, GENESIS)) === headOf(sequence, previous);
  return verdict(
    isWhole ? null : `the end was cut off: ${sequence} entries, and the gallery has recorded ${recorded}`,
  );
}

function hashOf({ sequence, at, actor, action, body, previous }: Omit<Row, 'hash'>): Buffer {
  // JSON of an array: no two different rows have the same text.
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify([sequence, at, actor, action, body]))
    .digest();
}

function headOf(sequence: number, hash: Buffer): string {
  return `${sequence}:${hash.toString('hex')}`;
}
