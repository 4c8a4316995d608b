// Version 1: subjects, tracks, faces, embeddings, imports, changes, cases, audit.

import type { Migration } from '../migrate.ts';

export const initial: Migration = {
  version: 1,
  sql: `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE cameras (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- A person. Nobody need know the name; an unknown face's track has no subject at all.
CREATE TABLE subjects (
  id INTEGER PRIMARY KEY,
  name TEXT UNIQUE,
  note TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL
) STRICT;

-- A file that faces were taken from, known by its content.
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  path TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'crop', 'frame', 'video')),
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  enrolled_at INTEGER NOT NULL
) STRICT;

-- One person's faces in one camera's unbroken view.
CREATE TABLE tracks (
  id INTEGER PRIMARY KEY,
  subject_id INTEGER REFERENCES subjects ON DELETE SET NULL,
  camera_id INTEGER REFERENCES cameras,
  origin TEXT NOT NULL CHECK (origin IN ('single', 'tracker', 'manifest', 'hand')),
  label TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tracks_by_subject ON tracks (subject_id);

CREATE TABLE faces (
  id INTEGER PRIMARY KEY,
  track_id INTEGER NOT NULL REFERENCES tracks,
  source_id INTEGER NOT NULL REFERENCES sources,
  frame_index INTEGER NOT NULL DEFAULT 0,
  face_index INTEGER NOT NULL,
  box_x REAL NOT NULL, box_y REAL NOT NULL, box_width REAL NOT NULL, box_height REAL NOT NULL,
  landmarks BLOB CHECK (length(landmarks) = 40),
  crop BLOB NOT NULL CHECK (length(crop) = 32),
  size_px REAL NOT NULL,
  sharpness REAL NOT NULL,
  turn REAL, roll_degrees REAL,
  detection_score REAL,
  weight REAL NOT NULL CHECK (weight > 0 AND weight <= 1),
  reasons TEXT NOT NULL CHECK (json_valid(reasons)),
  captured_at INTEGER,
  created_at INTEGER NOT NULL,
  UNIQUE (source_id, frame_index, face_index)
) STRICT;
CREATE INDEX faces_by_track ON faces (track_id);
CREATE INDEX faces_by_crop ON faces (crop);
CREATE INDEX faces_by_time ON faces (captured_at);

CREATE TABLE tags (
  face_id INTEGER NOT NULL REFERENCES faces ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (face_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_name ON tags (tag);

CREATE TABLE profiles (
  digest TEXT PRIMARY KEY,
  model_digest TEXT NOT NULL,
  name TEXT NOT NULL,
  content BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- What embeddings can be compared with one another: the same model, profile and preprocessing; and across the two sides,
-- spaces of one frame: a teacher's own, and those of the students that learned from it.
CREATE TABLE spaces (
  id INTEGER PRIMARY KEY,
  model_digest TEXT NOT NULL,
  profile_digest TEXT REFERENCES profiles,
  preprocessing INTEGER NOT NULL,
  frame_digest TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('lr', 'hr')),
  dimension INTEGER NOT NULL CHECK (dimension > 0),
  state TEXT NOT NULL CHECK (state IN ('filling', 'complete')),
  is_active INTEGER NOT NULL DEFAULT 0 CHECK (is_active IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX spaces_identity ON spaces (model_digest, ifnull(profile_digest, ''), preprocessing, side);
CREATE UNIQUE INDEX spaces_one_active ON spaces (side) WHERE is_active = 1;

CREATE TABLE embeddings (
  space_id INTEGER NOT NULL REFERENCES spaces ON DELETE CASCADE,
  face_id INTEGER NOT NULL REFERENCES faces ON DELETE CASCADE,
  vector BLOB NOT NULL,
  PRIMARY KEY (space_id, face_id)
) STRICT;

-- An import and its files: what makes it go on where it was.
CREATE TABLE imports (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  root TEXT NOT NULL,
  options TEXT NOT NULL CHECK (json_valid(options)),
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled')),
  started_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE TABLE import_items (
  import_id INTEGER NOT NULL REFERENCES imports ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  item TEXT NOT NULL CHECK (json_valid(item)),
  state TEXT NOT NULL CHECK (state IN ('todo', 'done', 'duplicate', 'no-face', 'failed')),
  faces INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_items_to_do ON import_items (import_id, position) WHERE state = 'todo';

-- Undoable actions on subjects and tracks, with what brings back the state before and after.
CREATE TABLE changes (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  before TEXT NOT NULL CHECK (json_valid(before)),
  after TEXT NOT NULL CHECK (json_valid(after)),
  undone_at INTEGER
) STRICT;

CREATE TABLE cases (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE case_items (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('probe', 'search', 'note', 'decision')),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX case_items_by_case ON case_items (case_id, id);

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  previous BLOB NOT NULL CHECK (length(previous) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;

CREATE TABLE purges (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  rule TEXT NOT NULL CHECK (json_valid(rule)),
  counts TEXT NOT NULL CHECK (json_valid(counts))
) STRICT;
`,
};
