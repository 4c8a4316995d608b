// A worker thread that purges a gallery, while nothing else writes, or counts what a purge would take, and ends.

import { workerData } from 'node:worker_threads';
import type { ProgressToken } from '../../common/progress.ts';
import { type TouchedTrack, TouchLog } from '../../gallery/db/touch-log.ts';
import { Gallery } from '../../gallery/gallery.ts';
import { previewPurge } from '../../gallery/purge/preview.ts';
import { type PurgeReport, purgeFaces } from '../../gallery/purge/purge.ts';
import type { PurgeRule } from '../../gallery/purge/rule.ts';
import { serveTask } from './task-thread.ts';

/** What the thread is started with. */
export interface PurgeTask {
  readonly kind: 'purge' | 'preview';
  readonly folder: string;
  readonly actor: string;
  readonly rule: PurgeRule;
}

export interface PurgeDone {
  readonly report: PurgeReport;
  /** Null where an index is sooner loaded anew than brought up to date. */
  readonly touched: readonly TouchedTrack[] | null;
}

/** Looking at so many tracks again holds up the gallery process for some tenths of a second. */
const MOST_TOUCHED = 10_000;

const { kind, folder, actor, rule } = workerData as PurgeTask;

await serveTask(async (progress) => {
  const gallery = Gallery.openForWriting(folder, { actor, now: Date.now });
  try {
    return kind === 'preview' ? previewPurge(gallery, rule) : purge(gallery, progress);
  } finally {
    gallery.close();
  }
});

function purge(gallery: Gallery, progress: ProgressToken): PurgeDone {
  const log = new TouchLog(gallery.database);
  const report = purgeFaces(gallery, rule, progress);
  const touched = log.drain();
  return { report, touched: touched.length > MOST_TOUCHED ? null : touched };
}
