// Seals of cases: salted digests that the audit log keeps, so that a case or an item that was changed or taken out shows.

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

/** A case itself; its state is not sealed, for the log has every change of it. */
export interface SealedCase {
  readonly id: number;
  readonly title: string;
  readonly created_by: string;
  readonly created_at: number;
  readonly salt: Buffer;
}

/** Of a case's row with its salt, hex. */
export function caseSealOf({ id, title, created_by, created_at, salt }: SealedCase): string {
  return createHash('sha256')
    .update(salt)
    .update(JSON.stringify(['case', id, title, created_by, created_at]))
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

/** What the log has of the cases that should be there. */
interface Logged {
  /** Last seal of each item. */
  readonly items: Map<number, { readonly caseId: number; readonly seal: string }>;
  /** `seal` is null for a case from before there were any. */
  readonly cases: Map<number, { seal: string | null; state: 'open' | 'closed' }>;
}

/** Holds every case and item against the last that the log has of it. One sentence for each that is not as it was. */
export function checkSeals(database: Database, report: (problem: string) => void): void {
  const { items, cases } = readLog(database);
  checkCases(database, cases, report);
  const rows = database.prepare(
    'SELECT id, case_id, kind, actor, at, body, salt FROM case_items ORDER BY id',
  );
  for (const row of rows.iterate() as IterableIterator<SealedRow>) {
    const known = items.get(row.id);
    items.delete(row.id);
    if (known === undefined) report(`case ${row.case_id}: item ${row.id} is not in the audit log`);
    else if (known.seal !== sealOf(row))
      report(`case ${row.case_id}: item ${row.id} is not as the audit log has it`);
  }
  for (const [id, { caseId }] of items) report(`case ${caseId}: item ${id} is missing`);
}

function readLog(database: Database): Logged {
  const logged: Logged = { items: new Map(), cases: new Map() };
  const entries = database.prepare(
    `SELECT action, body FROM audit WHERE action LIKE 'case.%' OR action = 'gallery.purged' ORDER BY sequence`,
  );
  for (const { action, body } of entries.iterate() as IterableIterator<{ action: string; body: string }>)
    take(logged, action, JSON.parse(body) as EntryBody);
  return logged;
}

function take({ items, cases }: Logged, action: string, { case: id, item, seal, rule }: EntryBody): void {
  if (rule?.kind === 'whole') {
    items.clear();
    cases.clear();
  }
  if (id === undefined) return;
  if (item !== undefined && seal !== undefined) items.set(item, { caseId: id, seal });
  if (action === 'case.created') cases.set(id, { seal: seal ?? null, state: 'open' });
  if (action === 'case.deleted') {
    cases.delete(id);
    for (const [number, { caseId }] of items) if (caseId === id) items.delete(number);
  }
  const known = cases.get(id);
  if (known === undefined) return;
  if (action === 'case.title-purged') known.seal = seal ?? null;
  if (action === 'case.closed') known.state = 'closed';
  if (action === 'case.reopened') known.state = 'open';
}

function checkCases(database: Database, cases: Logged['cases'], report: (problem: string) => void): void {
  const rows = database
    .prepare('SELECT id, title, state, created_by, created_at, salt FROM cases ORDER BY id')
    .all() as (SealedCase & { state: 'open' | 'closed' })[];
  for (const row of rows) {
    const known = cases.get(row.id);
    cases.delete(row.id);
    if (known === undefined) {
      report(`case ${row.id}: it is not in the audit log`);
      continue;
    }
    if (known.state !== row.state)
      report(`case ${row.id}: it is ${row.state}, and ${known.state} in the audit log`);
    if (known.seal !== null && known.seal !== caseSealOf(row))
      report(`case ${row.id}: its title, maker or date is not as the audit log has it`);
  }
  for (const id of cases.keys()) report(`case ${id}: it is missing`);
}
