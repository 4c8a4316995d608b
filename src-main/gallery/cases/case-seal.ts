// Seals of cases: salted digests that the audit log keeps, so that an item that was changed or taken out shows.

import { createHash, randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';

const SALT_BYTES = 16;

export interface SealedRow {
  readonly id: number;
  readonly case_id: number;
  readonly kind: string;
  readonly actor: string;
  readonly at: number;
  readonly body: string;
  readonly salt: Buffer;
}

/** A new one for each state of an item: without it the digest says nothing of what it was made from. */
export function newSalt(): Buffer {
  return randomBytes(SALT_BYTES);
}

/** Of an item's row with its salt, hex. */
export function sealOf({ id, case_id, kind, actor, at, body, salt }: SealedRow): string {
  return createHash('sha256')
    .update(salt)
    .update(JSON.stringify([id, case_id, kind, actor, at, body]))
    .digest('hex');
}

/** What the log's entries about items, cases and purges say, as far as this check needs it. */
interface EntryBody {
  readonly case?: number;
  readonly item?: number;
  readonly seal?: string;
  /** Of a purge. */
  readonly rule?: { readonly kind: string };
}

/** Holds every item against the last seal that the log has of it. One sentence per item that is not as it was. */
export function checkSeals(database: Database, report: (problem: string) => void): void {
  const expected = new Map<number, { readonly caseId: number; readonly seal: string }>();
  const entries = database.prepare(
    `SELECT action, body FROM audit WHERE action LIKE 'case.%' OR action = 'gallery.purged' ORDER BY sequence`,
  );
  for (const { action, body } of entries.iterate() as IterableIterator<{ action: string; body: string }>) {
    const { case: caseId, item, seal, rule } = JSON.parse(body) as EntryBody;
    if (rule?.kind === 'whole') expected.clear();
    if (caseId === undefined) continue;
    if (item !== undefined && seal !== undefined) expected.set(item, { caseId, seal });
    if (action !== 'case.deleted') continue;
    for (const [id, entry] of expected) if (entry.caseId === caseId) expected.delete(id);
  }
  const rows = database.prepare(
    'SELECT id, case_id, kind, actor, at, body, salt FROM case_items ORDER BY id',
  );
  for (const row of rows.iterate() as IterableIterator<SealedRow>) {
    const known = expected.get(row.id);
    expected.delete(row.id);
    // An item from before there were seals.
    if (known === undefined && row.salt.length === 0) continue;
    if (known === undefined) report(`case ${row.case_id}: item ${row.id} is not in the audit log`);
    else if (known.seal !== sealOf(row))
      report(`case ${row.case_id}: item ${row.id} is not as the audit log has it`);
  }
  for (const [id, { caseId }] of expected) report(`case ${caseId}: item ${id} is missing`);
}
