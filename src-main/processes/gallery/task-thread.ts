// The worker's end of work on a thread: it does one thing, tells how far it is, and ends.

import { parentPort } from 'node:worker_threads';
import { assert } from '../../common/assert.ts';
import { type ErrorCode, GlimpseError, messageOf } from '../../common/errors.ts';
import { type ProgressReport, ProgressToken } from '../../common/progress.ts';

/** `code` is null for a failure that nobody expected. */
export type FromThread =
  | { readonly kind: 'progress'; readonly report: ProgressReport }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly code: ErrorCode | null; readonly message: string };

/** Asks work that cleans up after itself to stop; other work is stopped by ending its thread. */
export const CANCEL = 'cancel';

/** Runs `work` and sends what it gives or throws. */
export async function serveTask(work: (progress: ProgressToken) => Promise<unknown>): Promise<void> {
  const port = parentPort;
  assert(port !== null, 'a task runs on a worker thread');
  const send = (message: FromThread): void => port.postMessage(message);
  const controller = new AbortController();
  port.on('message', (message) => message === CANCEL && controller.abort());
  const progress = new ProgressToken((report) => send({ kind: 'progress', report }), controller.signal);
  try {
    send({ kind: 'done', result: await work(progress) });
  } catch (error) {
    const code = error instanceof GlimpseError ? error.code : null;
    send({ kind: 'failed', code, message: messageOf(error) });
  } finally {
    port.close();
  }
}
