// A worker thread that fills rows from a connection of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../common/assert.ts';
import { openReader } from '../db/connection.ts';
import type { FailedReply } from './protocol.ts';
import { failureReply } from './replies.ts';
import { type FillTask, fillRows } from './row-fill.ts';

/** What the thread is started with. */
export interface FillThreadData {
  /** Of the gallery's file. */
  readonly path: string;
}

export interface FillMessage {
  readonly id: number;
  readonly task: FillTask;
}

export interface FilledReply {
  readonly kind: 'filled';
  readonly id: number;
  readonly isFilled: Uint8Array;
}

const port = parentPort;
assert(port !== null, 'fill-thread runs as a worker thread');
const database = openReader((workerData as FillThreadData).path);

function answer({ id, task }: FillMessage): FilledReply | FailedReply {
  try {
    return { kind: 'filled', id, isFilled: fillRows(database, task) };
  } catch (error) {
    return failureReply(id, error);
  }
}

port.on('message', (message: FillMessage) => port.postMessage(answer(message)));
