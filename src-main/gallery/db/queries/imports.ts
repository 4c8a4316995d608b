// Imports: what was to be enrolled, what has been, and what went wrong.

import type { Database } from 'better-sqlite3';
import { prepared } from '../prepared.ts';

export type ItemState = 'todo' | 'done' | 'duplicate' | 'no-face' | 'failed';

export interface ImportRecord {
  readonly id: number;
  readonly kind: string;
  readonly root: string;
  readonly options: unknown;
  readonly state: 'running' | 'done' | 'cancelled';
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

export interface ImportItem {
  readonly position: number;
  readonly name: string;
  /** What the reader of the source said of it, as it was. */
  readonly item: unknown;
}

export interface SettledItem {
  readonly state: Exclude<ItemState, 'todo'>;
  readonly faces: number;
  readonly reason: string | null;
}

export interface ImportCounts extends Readonly<Record<ItemState, number>> {
  readonly faces: number;
}

const SELECT_IMPORT = `SELECT id, kind, root, options, state, started_at AS startedAt, finished_at AS finishedAt FROM imports`;

/** The unfinished import of the same kind, root and options: what a killed one goes on with. */
export function findUnfinished(
  database: Database,
  { kind, root, options }: Pick<ImportRecord, 'kind' | 'root' | 'options'>,
): ImportRecord | null {
  const row = database
    .prepare(
      `${SELECT_IMPORT} WHERE kind = ? AND root = ? AND options = ? AND state <> 'done' ORDER BY id DESC`,
    )
    .get(kind, root, JSON.stringify(options));
  return row === undefined ? null : toImport(row);
}

/** Unfinished imports of a kind and root, whatever their options, newest first. */
export function unfinishedImports(
  database: Database,
  { kind, root }: Pick<ImportRecord, 'kind' | 'root'>,
): ImportRecord[] {
  return database
    .prepare(`${SELECT_IMPORT} WHERE kind = ? AND root = ? AND state <> 'done' ORDER BY id DESC`)
    .all(kind, root)
    .map(toImport);
}

export function importById(database: Database, id: number): ImportRecord | null {
  const row = database.prepare(`${SELECT_IMPORT} WHERE id = ?`).get(id);
  return row === undefined ? null : toImport(row);
}

export function listImports(database: Database): ImportRecord[] {
  return database.prepare(`${SELECT_IMPORT} ORDER BY id`).all().map(toImport);
}

/** Writes the whole list down before the first file is touched. */
export function beginImport(
  database: Database,
  { kind, root, options }: Pick<ImportRecord, 'kind' | 'root' | 'options'>,
  items: readonly { readonly name: string; readonly item: unknown }[],
  at: number,
): number {
  return database.transaction(() => {
    const { lastInsertRowid } = database
      .prepare(`INSERT INTO imports (kind, root, options, state, started_at) VALUES (?, ?, ?, 'running', ?)`)
      .run(kind, root, JSON.stringify(options), at);
    const insert = database.prepare(
      `INSERT INTO import_items (import_id, position, name, item, state) VALUES (?, ?, ?, ?, 'todo')`,
    );
    items.forEach(({ name, item }, position) => {
      insert.run(lastInsertRowid, position, name, JSON.stringify(item));
    });
    return Number(lastInsertRowid);
  })();
}

/** The next files to do, in order. */
export function itemsToDo(database: Database, importId: number, after: number, limit: number): ImportItem[] {
  const rows = database
    .prepare(
      `SELECT position, name, item FROM import_items WHERE import_id = ? AND position > ? AND state = 'todo' ORDER BY position LIMIT ?`,
    )
    .all(importId, after, limit) as { position: number; name: string; item: string }[];
  return rows.map((row) => ({ ...row, item: JSON.parse(row.item) }));
}

export function settleItem(
  database: Database,
  importId: number,
  position: number,
  outcome: SettledItem,
): void {
  prepared(
    database,
    'UPDATE import_items SET state = @state, faces = @faces, reason = @reason WHERE import_id = @importId AND position = @position',
  ).run({ importId, position, ...outcome });
}

/** Settles an item that may not have been foreseen: frames of a video are written down as they come. */
export function recordItem(
  database: Database,
  importId: number,
  { position, name, item }: ImportItem,
  outcome: SettledItem,
): void {
  database
    .prepare(
      `INSERT INTO import_items (import_id, position, name, item, state, faces, reason)
       VALUES (@importId, @position, @name, @item, @state, @faces, @reason)
       ON CONFLICT (import_id, position) DO UPDATE SET state = excluded.state, faces = excluded.faces, reason = excluded.reason`,
    )
    .run({ importId, position, name, item: JSON.stringify(item), ...outcome });
}

/** All items in order, with what became of them. */
export function listItems(
  database: Database,
  importId: number,
): (ImportItem & { readonly state: ItemState; readonly reason: string | null })[] {
  const rows = database
    .prepare(
      'SELECT position, name, item, state, reason FROM import_items WHERE import_id = ? ORDER BY position',
    )
    .all(importId) as {
    position: number;
    name: string;
    item: string;
    state: ItemState;
    reason: string | null;
  }[];
  return rows.map((row) => ({ ...row, item: JSON.parse(row.item) }));
}

export function finishImport(
  database: Database,
  importId: number,
  state: 'done' | 'cancelled',
  at: number,
): void {
  database.prepare('UPDATE imports SET state = ?, finished_at = ? WHERE id = ?').run(state, at, importId);
}

export function countItems(database: Database, importId: number): ImportCounts {
  const rows = database
    .prepare(
      'SELECT state, count(*) AS items, sum(faces) AS faces FROM import_items WHERE import_id = ? GROUP BY state',
    )
    .all(importId) as { state: ItemState; items: number; faces: number }[];
  const counts = { todo: 0, done: 0, duplicate: 0, 'no-face': 0, failed: 0, faces: 0 };
  for (const { state, items, faces } of rows) {
    counts[state] = items;
    counts.faces += faces;
  }
  return counts;
}

/** Files that were not enrolled, with the reason. */
export function failedItems(database: Database, importId: number): { name: string; reason: string }[] {
  return database
    .prepare(
      `SELECT name, reason FROM import_items WHERE import_id = ? AND state = 'failed' ORDER BY position`,
    )
    .all(importId) as { name: string; reason: string }[];
}

/** Items of one state after a position, in order. */
export function itemsOfState(
  database: Database,
  importId: number,
  { state, after, limit }: { readonly state: ItemState; readonly after: number; readonly limit: number },
): { readonly position: number; readonly name: string; readonly reason: string | null }[] {
  return database
    .prepare(
      `SELECT position, name, reason FROM import_items WHERE import_id = ? AND state = ? AND position > ? ORDER BY position LIMIT ?`,
    )
    .all(importId, state, after, limit) as { position: number; name: string; reason: string | null }[];
}

function toImport(row: unknown): ImportRecord {
  const { options, ...rest } = row as ImportRecord & { options: string };
  return { ...rest, options: JSON.parse(options) };
}

/** A file of an import that brought no face, and why. */
export interface LeftOutItem {
  readonly importId: number;
  readonly position: number;
  readonly name: string;
  readonly state: 'duplicate' | 'no-face' | 'failed';
  readonly reason: string | null;
}

export type LeftOutCounts = Readonly<Record<LeftOutItem['state'], number>>;

// As the index has it, word for word: SQLite then reads no other items.
const LEFT_OUT = `state IN ('duplicate', 'no-face', 'failed')`;

export function countLeftOut(database: Database): LeftOutCounts {
  const rows = database
    .prepare(`SELECT state, count(*) AS items FROM import_items WHERE ${LEFT_OUT} GROUP BY state`)
    .all() as { state: LeftOutItem['state']; items: number }[];
  const counts = { duplicate: 0, 'no-face': 0, failed: 0 };
  for (const { state, items } of rows) counts[state] = items;
  return counts;
}

/** Files of one fate, in the order of their imports; a purge has taken the names of older ones. */
export function leftOutItems(database: Database, state: LeftOutItem['state'], limit: number): LeftOutItem[] {
  return database
    .prepare(
      `SELECT import_id AS importId, position, name, state, reason FROM import_items
       WHERE ${LEFT_OUT} AND state = ? ORDER BY import_id DESC, position LIMIT ?`,
    )
    .all(state, limit) as LeftOutItem[];
}
