// How far a rewritten file has come: SQLite says nothing while it rewrites one, but the pages come back through its journal, which grows.

import { statSync } from 'node:fs';
import type { ProgressToken, StageProgress } from '../../common/progress.ts';

const LOOK_EVERY_MS = 250;
/** What other transactions leave in a journal; nobody waits for the writing of so little. */
const LEAST_BYTES = 64 * 2 ** 20;
const MEGABYTE = 1e6;

/** Reports from when the journal of the file at `path` has grown. Returns what ends that. */
export function reportJournalGrowth(path: string, progress: ProgressToken): () => void {
  let stage: StageProgress | null = null;
  let seen = 0;
  const look = (): void => {
    const bytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes < LEAST_BYTES || bytes <= seen) return;
    const megabytes = (count: number): number => Math.round(count / MEGABYTE);
    const total = megabytes(statSync(path).size);
    if (stage === null) stage = progress.stage('writing it back', total, 'MB', megabytes(bytes));
    else stage.advance(Math.min(megabytes(bytes), total) - Math.min(megabytes(seen), total));
    seen = bytes;
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
