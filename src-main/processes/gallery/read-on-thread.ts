// Starts a long read on a thread of its own and waits for it.

import { Worker } from 'node:worker_threads';
import { GlimpseError, messageOf } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { ReaderJob, ReaderJobs } from './reader-jobs.ts';
import type { FromReader, ReaderTask } from './reader-thread.ts';

/** Throws what the job throws; `cancelled` ends the thread where it is, which costs nothing: it only reads. */
export function readOnThread<Job extends ReaderJob>(
  folder: string,
  job: Job,
  params: ReaderJobs[Job]['params'],
  progress: ProgressToken,
): Promise<ReaderJobs[Job]['result']> {
  progress.throwIfCancelled();
  const { signal, sink } = progress;
  const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), {
    workerData: { folder, job, params } satisfies ReaderTask,
  });
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      void worker.terminate();
      reject(new GlimpseError('cancelled', 'cancelled'));
    };
    signal.addEventListener('abort', cancel, { once: true });
    worker.on('message', (message: FromReader) => {
      if (message.kind === 'progress') sink(message.report);
      if (message.kind === 'done') resolve(message.result as ReaderJobs[Job]['result']);
      if (message.kind === 'failed') reject(errorOf(message));
    });
    worker.on('error', (error) => reject(new Error(`a reading thread failed: ${messageOf(error)}`)));
    worker.on('exit', () => {
      signal.removeEventListener('abort', cancel);
      reject(new Error('a reading thread ended without an answer'));
    });
  });
}

function errorOf({ code, message }: Extract<FromReader, { kind: 'failed' }>): Error {
  return code === null ? new Error(message) : new GlimpseError(code, message);
}
