// The thread in which record files are inspected, and what it tells.

import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorCode, GlimpseError } from '../../common/errors.ts';
import { type ProgressReport, ProgressToken } from '../../common/progress.ts';
import type { ProtocolInspection } from './inspect-protocol.ts';
import { inspectRecords } from './inspect-records.ts';

export interface RecordWorkerData {
  readonly path: string;
}

export type RecordWorkerMessage =
  | { readonly kind: 'progress'; readonly report: ProgressReport }
  | { readonly kind: 'done'; readonly inspection: ProtocolInspection }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

const tell = (message: RecordWorkerMessage): void => parentPort?.postMessage(message);
const { path } = workerData as RecordWorkerData;
// A cancelled inspection ends with its thread.
const progress = new ProgressToken(
  (report) => tell({ kind: 'progress', report }),
  new AbortController().signal,
);
try {
  tell({ kind: 'done', inspection: await inspectRecords(path, progress) });
} catch (error) {
  if (!(error instanceof GlimpseError)) throw error;
  tell({ kind: 'failed', code: error.code, message: error.message });
}
