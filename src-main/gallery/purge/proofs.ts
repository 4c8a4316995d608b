// What shows that a purge took place: its record, and the entry of the audit log that vouches for it.

import type { Database } from 'better-sqlite3';
import type { PurgeCounts } from './purge.ts';
import type { PurgeRule } from './rule.ts';

export interface PurgeProof {
  readonly purge: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actor: string;
  readonly rule: PurgeRule;
  readonly counts: PurgeCounts;
  /** The entry of the audit log; its hash covers the record and everything before it. */
  readonly entry: {
    readonly sequence: number;
    /** Hex: the log's head before and after. */
    readonly before: string;
    readonly after: string;
  } | null;
}

interface Row {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly rule: string;
  readonly counts: string;
  readonly sequence: number | null;
  readonly previous: Buffer | null;
  readonly hash: Buffer | null;
}

/** Newest first. */
export function listPurges(database: Database, limit: number): PurgeProof[] {
  const rows = database
    .prepare(
      `SELECT purges.id, purges.at, purges.actor, rule, counts, sequence, previous, hash FROM purges
       LEFT JOIN audit ON action = 'gallery.purged' AND json_extract(audit.body, '$.purge') = purges.id
       ORDER BY purges.id DESC LIMIT ?`,
    )
    .all(limit) as Row[];
  return rows.map(({ id, at, actor, rule, counts, sequence, previous, hash }) => ({
    purge: id,
    at,
    actor,
    rule: JSON.parse(rule) as PurgeRule,
    counts: JSON.parse(counts) as PurgeCounts,
    entry:
      sequence === null || previous === null || hash === null
        ? null
        : { sequence, before: previous.toString('hex'), after: hash.toString('hex') },
  }));
}
