// A worker thread that does one long read of a gallery and ends.

import { workerData } from 'node:worker_threads';
import type { ProgressToken } from '../../common/progress.ts';
import { Gallery } from '../../gallery/gallery.ts';
import { READER_JOBS, type ReaderJob } from './reader-jobs.ts';
import { serveTask } from './task-thread.ts';

/** What the thread is started with. */
export interface ReaderTask {
  readonly folder: string;
  readonly job: ReaderJob;
  readonly params: unknown;
}

const { folder, job, params } = workerData as ReaderTask;

await serveTask(async (progress) => {
  const gallery = Gallery.openForReading(folder, { actor: '', now: Date.now });
  try {
    const run = READER_JOBS[job] as (gallery: Gallery, params: unknown, progress: ProgressToken) => unknown;
    return await run(gallery, params, progress);
  } finally {
    gallery.close();
  }
});
