// Version 4: pairs of tracks that the label check doubted and a person has found right, and an index of files left out.

import type { Migration } from '../migrate.ts';

export const settledDoubts: Migration = {
  version: 4,
  sql: `
-- Kept by tracks, so that it goes with either of them. 'alike': two people, however alike; 'unlike': one person, however unlike.
CREATE TABLE settled_doubts (
  one_track INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE,
  other_track INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('alike', 'unlike')),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (one_track, other_track, kind),
  CHECK (one_track < other_track)
) STRICT, WITHOUT ROWID;
CREATE INDEX settled_doubts_by_other ON settled_doubts (other_track);

CREATE INDEX import_items_left_out ON import_items (import_id, position)
  WHERE state IN ('duplicate', 'no-face', 'failed');
`,
};
