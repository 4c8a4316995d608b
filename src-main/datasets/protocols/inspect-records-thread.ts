// Inspects a record file in a thread of its own with a small young heap: pictures are garbage at once, and with the usual
// heap some hundreds of megabytes of them lie about before they are collected (147 MB against 316, and no slower).

import { Worker } from 'node:worker_threads';
import { GlimpseError } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { ProtocolInspection } from './inspect-protocol.ts';
import type { RecordWorkerData, RecordWorkerMessage } from './inspect-records-worker.ts';

const YOUNG_HEAP_MB = 6;

/** As `inspectRecords`. Throws what it throws, and `cancelled`. */
export async function inspectRecordsApart(
  path: string,
  progress: ProgressToken,
): Promise<ProtocolInspection> {
  progress.throwIfCancelled();
  const worker = new Worker(new URL('./inspect-records-worker.ts', import.meta.url), {
    workerData: { path } satisfies RecordWorkerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });
  try {
    return await new Promise<ProtocolInspection>((resolve, reject) => {
      const stop = (): void => reject(new GlimpseError('cancelled', 'cancelled'));
      progress.signal.addEventListener('abort', stop, { once: true });
      worker.on('message', (message: RecordWorkerMessage) => {
        if (message.kind === 'progress') progress.sink(message.report);
        else if (message.kind === 'done') resolve(message.inspection);
        else reject(new GlimpseError(message.code, message.message));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error(`the thread that inspects ${path} has ended`)));
    });
  } finally {
    await worker.terminate();
  }
}
