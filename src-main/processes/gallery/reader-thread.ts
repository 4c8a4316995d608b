// A worker thread that does one long read of a gallery and ends.

import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../common/assert.ts';
import { type ErrorCode, GlimpseError, messageOf } from '../../common/errors.ts';
import { type ProgressReport, ProgressToken } from '../../common/progress.ts';
import { Gallery } from '../../gallery/gallery.ts';
import { READER_JOBS, type ReaderJob } from './reader-jobs.ts';

/** What the thread is started with. */
export interface ReaderTask {
  readonly folder: string;
  readonly job: ReaderJob;
  readonly params: unknown;
}

/** `code` is null for a failure that nobody expected. */
export type FromReader =
  | { readonly kind: 'progress'; readonly report: ProgressReport }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly code: ErrorCode | null; readonly message: string };

const port = parentPort;
assert(port !== null, 'reader-thread runs as a worker thread');
const send = (message: FromReader): void => port.postMessage(message);

async function work({ folder, job, params }: ReaderTask): Promise<void> {
  // Cancelled by ending the thread.
  const progress = new ProgressToken(
    (report) => send({ kind: 'progress', report }),
    new AbortController().signal,
  );
  const gallery = Gallery.openForReading(folder, { actor: '', now: Date.now });
  try {
    const run = READER_JOBS[job] as (gallery: Gallery, params: unknown, progress: ProgressToken) => unknown;
    send({ kind: 'done', result: await run(gallery, params, progress) });
  } finally {
    gallery.close();
  }
}

try {
  await work(workerData as ReaderTask);
} catch (error) {
  const code = error instanceof GlimpseError ? error.code : null;
  send({ kind: 'failed', code, message: messageOf(error) });
}
