// Version 3: a checksum for each embedding, because SQLite does not notice a flipped bit inside a value; orders of faces.

import type { Migration } from '../migrate.ts';

export const embeddingChecksums: Migration = {
  version: 2,
  // crc32() is a function of the connection.
  sql: `
ALTER TABLE embeddings ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE embeddings SET checksum = crc32(vector);

CREATE INDEX faces_by_size ON faces (size_px);
CREATE INDEX faces_by_quality ON faces (weight);
`,
};
