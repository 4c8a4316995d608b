// Statements that are run for every face: compiled once per connection, because compiling costs more than running.

import type { Database, Statement } from 'better-sqlite3';

/** Goes with its connection: a cache, and no state of its own. */
const COMPILED = new WeakMap<Database, Map<string, Statement>>();

/** The compiled statement. For `get`, `all` and `run` only: a shared one must not be iterated, nor changed by `pluck` or `raw`. */
export function prepared(database: Database, sql: string): Statement {
  return compiled(database, `rows ${sql}`, () => database.prepare(sql));
}

/** The same with `pluck`: the first column alone. */
export function preparedValue(database: Database, sql: string): Statement {
  return compiled(database, `value ${sql}`, () => database.prepare(sql).pluck());
}

function compiled(database: Database, key: string, compile: () => Statement): Statement {
  let statements = COMPILED.get(database);
  if (statements === undefined) {
    statements = new Map();
    COMPILED.set(database, statements);
  }
  let statement = statements.get(key);
  if (statement === undefined) {
    statement = compile();
    statements.set(key, statement);
  }
  return statement;
}
