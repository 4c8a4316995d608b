// A folder that a test may fill and that is gone afterwards.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Makes an empty folder and removes it, with its content, after the test. */
export async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-test-'));
  // Hooks run in the order they were made: whoever uses the folder is closed after this, and may still write into it.
  test.after(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}
