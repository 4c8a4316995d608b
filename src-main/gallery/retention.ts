// How long a gallery keeps faces: a rule that somebody has set. It tells what is due; nothing goes without being asked.

import type { Database } from 'better-sqlite3';
import { ensure } from '../common/errors.ts';
import type { Gallery } from './gallery.ts';

const KEY = 'retention-days';
const MOST_DAYS = 36_500;

/** Days; null where faces are kept until somebody purges them. */
export function readRetention(database: Database): number | null {
  const value = database.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(KEY);
  return value === undefined ? null : Number(value);
}

/** Throws `bad-usage` unless it is a whole number of days, from 1 to a hundred years. */
export function keepRetention(gallery: Gallery, days: number | null): void {
  const isRight = days === null || (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS);
  ensure(isRight, 'bad-usage', `faces are kept for 1 to ${MOST_DAYS} whole days, not ${days}`);
  const { database } = gallery;
  gallery.change(() => {
    if (days === null) database.prepare('DELETE FROM meta WHERE key = ?').run(KEY);
    else
      database
        .prepare(
          'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        )
        .run(KEY, String(days));
    gallery.record('retention.set', { days });
  });
}
