// A worker thread that reads places and fills rows from a connection of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../common/assert.ts';
import { yieldThread } from '../../common/thread-priority.ts';
import { openReader } from '../db/connection.ts';
import { type PlaceQuestion, type Places, readPlaces } from './place-read.ts';
import type { FailedReply } from './protocol.ts';
import { failureReply } from './replies.ts';
import { type FillTask, fillRows } from './row-fill.ts';

/** What the thread is started with. */
export interface FillThreadData {
  /** Of the gallery's file. */
  readonly path: string;
}

export type FillMessage =
  | { readonly kind: 'places'; readonly id: number; readonly question: PlaceQuestion }
  | { readonly kind: 'fill'; readonly id: number; readonly task: FillTask };

export type FillReply =
  | { readonly kind: 'places'; readonly id: number; readonly places: Places }
  | { readonly kind: 'filled'; readonly id: number; readonly isFilled: Uint8Array };

const port = parentPort;
assert(port !== null, 'fill-thread runs as a worker thread');
// A gallery that is being opened is looked at meanwhile: all cores at work kept the window from drawing for 80 ms.
yieldThread();
const database = openReader((workerData as FillThreadData).path);

function answer(message: FillMessage): FillReply | FailedReply {
  const { id } = message;
  try {
    if (message.kind === 'places')
      return { kind: 'places', id, places: readPlaces(database, message.question) };
    return { kind: 'filled', id, isFilled: fillRows(database, message.task) };
  } catch (error) {
    return failureReply(id, error);
  }
}

port.on('message', (message: FillMessage) => {
  const reply = answer(message);
  port.postMessage(reply, reply.kind === 'places' ? [reply.places.buffer] : []);
});
