// Starts work on a thread of its own and waits for it.

import { Worker } from 'node:worker_threads';
import { GlimpseError, messageOf } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { CANCEL, type FromThread } from './task-thread.ts';

export interface ThreadTask {
  readonly entry: URL;
  /** What the thread is started with: it survives a structured clone. */
  readonly data: unknown;
  /** It writes, and takes away what it has written when it is cancelled; others are ended where they are. */
  readonly endsItself: boolean;
}

/** Throws what the work throws, and `cancelled`. */
export function runOnThread<Result>(
  { entry, data, endsItself }: ThreadTask,
  progress: ProgressToken,
): Promise<Result> {
  progress.throwIfCancelled();
  const { signal, sink } = progress;
  const worker = new Worker(entry, { workerData: data });
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      if (endsItself) {
        worker.postMessage(CANCEL);
        return;
      }
      void worker.terminate();
      reject(new GlimpseError('cancelled', 'cancelled'));
    };
    signal.addEventListener('abort', cancel, { once: true });
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'progress') sink(message.report);
      if (message.kind === 'done') resolve(message.result as Result);
      if (message.kind === 'failed') reject(errorOf(message));
    });
    worker.on('error', (error) => reject(new Error(`a thread failed: ${messageOf(error)}`)));
    worker.on('exit', () => {
      signal.removeEventListener('abort', cancel);
      reject(new Error('a thread ended without an answer'));
    });
  });
}

function errorOf({ code, message }: Extract<FromThread, { kind: 'failed' }>): Error {
  return code === null ? new Error(message) : new GlimpseError(code, message);
}
