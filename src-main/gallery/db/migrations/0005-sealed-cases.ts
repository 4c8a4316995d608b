// Version 5: cases are sealed as their items are. Those from before have no salt and no seal.

import type { Migration } from '../migrate.ts';

export const sealedCases: Migration = {
  version: 5,
  sql: `ALTER TABLE cases ADD COLUMN salt BLOB NOT NULL DEFAULT X'';`,
};
