// Version 2: numbers of cases are never used twice, items are sealed by the audit log, and cases keep crops of their own.

import type { Migration } from '../migrate.ts';

export const cases: Migration = {
  version: 2,
  sql: `
CREATE TABLE cases_2 (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO cases_2 SELECT id, title, state, created_by, created_at FROM cases;

-- The audit log has a digest of salt and item. A purge that changes an item makes a new salt, so that the old digest
-- cannot be used to guess what stood there.
CREATE TABLE case_items_2 (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES cases_2 ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('probe', 'search', 'note', 'decision')),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  salt BLOB NOT NULL
) STRICT;
INSERT INTO case_items_2 SELECT id, case_id, kind, actor, at, body, x'' FROM case_items;
-- A case had one note of its own; it becomes its first.
INSERT INTO case_items_2 (case_id, kind, actor, at, body, salt)
  SELECT id, 'note', created_by, created_at, json_object('text', note), x'' FROM cases WHERE note <> '';

DROP TABLE case_items;
DROP TABLE cases;
ALTER TABLE cases_2 RENAME TO cases;
ALTER TABLE case_items_2 RENAME TO case_items;
CREATE INDEX case_items_by_case ON case_items (case_id, id);

-- Crops that an item shows. Those of enrolled faces carry the face's number as it was; those of probes none.
CREATE TABLE case_crops (
  item_id INTEGER NOT NULL REFERENCES case_items ON DELETE CASCADE,
  crop BLOB NOT NULL CHECK (length(crop) = 32),
  face_id INTEGER
) STRICT;
CREATE INDEX case_crops_by_item ON case_crops (item_id);
CREATE INDEX case_crops_by_crop ON case_crops (crop);
CREATE INDEX case_crops_by_face ON case_crops (face_id) WHERE face_id IS NOT NULL;
`,
};
