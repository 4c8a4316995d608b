// Version 3: checksums of embeddings and of the rows around them, and orders in which faces are listed.

import type { Migration } from '../migrate.ts';
import { ADD_CHECKSUMS } from '../row-checksums.ts';

export const checksums: Migration = {
  version: 3,
  // crc32() and row_checksum() are functions of the connection.
  sql: `
ALTER TABLE embeddings ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE embeddings SET checksum = crc32(vector);
${ADD_CHECKSUMS}

CREATE INDEX faces_by_size ON faces (size_px);
CREATE INDEX faces_by_quality ON faces (weight);
-- A manifest's tracks are looked up for each of its faces.
CREATE INDEX tracks_by_label ON tracks (label) WHERE label IS NOT NULL;
`,
};
