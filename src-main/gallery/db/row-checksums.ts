// Checksums of rows that say who was seen where: SQLite finds a damaged page, but not a flipped bit inside a value.

import { crc32 } from 'node:zlib';
import type { Database } from 'better-sqlite3';

/** Every column but the checksum itself. */
const COLUMNS = {
  cameras: ['id', 'name'],
  subjects: ['id', 'name', 'note', 'created_at'],
  sources: ['id', 'sha256', 'path', 'kind', 'width', 'height', 'enrolled_at'],
  tracks: ['id', 'subject_id', 'camera_id', 'origin', 'label', 'created_at'],
  faces: [
    ...[
      'id',
      'track_id',
      'source_id',
      'frame_index',
      'face_index',
      'box_x',
      'box_y',
      'box_width',
      'box_height',
    ],
    ...['landmarks', 'crop', 'size_px', 'sharpness', 'turn', 'roll_degrees', 'detection_score', 'weight'],
    ...['reasons', 'captured_at', 'created_at'],
  ],
} as const;

type Table = keyof typeof COLUMNS;
const TABLES = Object.keys(COLUMNS) as Table[];

/** What a migration runs: the column, filled for every row. */
export const ADD_CHECKSUMS = TABLES.map(
  (table) =>
    `ALTER TABLE ${table} ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE ${table} SET checksum = ${checksumOf(table)};`,
).join('\n');

/** The SQL functions that migration, triggers and checks need, on every connection. */
export function addChecksumFunctions(database: Database): void {
  database.function('crc32', { deterministic: true }, (bytes) => crc32(bytes as Buffer));
  database.function('row_checksum', { deterministic: true, varargs: true }, (...values) =>
    crc32(JSON.stringify(values)),
  );
}

/** Keeps the checksums of a writing connection, whoever writes. Nothing happens in a file from before they were. */
export function keepChecksums(database: Database): void {
  const isThere = database.prepare(`SELECT 1 FROM pragma_table_info('faces') WHERE name = 'checksum'`).get();
  if (isThere === undefined) return;
  for (const table of TABLES) {
    const update = `UPDATE ${table} SET checksum = ${checksumOf(table)} WHERE id = new.id;`;
    database.exec(
      `CREATE TEMP TRIGGER ${table}_came AFTER INSERT ON main.${table} BEGIN ${update} END;
       CREATE TEMP TRIGGER ${table}_changed AFTER UPDATE OF ${COLUMNS[table].join(', ')} ON main.${table} BEGIN ${update} END;`,
    );
  }
}

/** One sentence for each row that is not what was written. */
export function* damagedRows(database: Database): Generator<string> {
  for (const table of TABLES) {
    const ids = database
      .prepare(`SELECT id FROM ${table} WHERE checksum <> ${checksumOf(table)} ORDER BY id`)
      .pluck();
    for (const id of ids.iterate() as IterableIterator<number>)
      yield `row ${id} of ${table} is damaged: its checksum differs`;
  }
}

function checksumOf(table: Table): string {
  return `row_checksum(${COLUMNS[table].join(', ')})`;
}
