// Version 3: a checksum for each embedding, because SQLite does not notice a flipped bit inside a value.

import type { Migration } from '../migrate.ts';

export const embeddingChecksums: Migration = {
  version: 2,
  // crc32() is a function of the connection.
  sql: `
ALTER TABLE embeddings ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE embeddings SET checksum = crc32(vector);
`,
};
