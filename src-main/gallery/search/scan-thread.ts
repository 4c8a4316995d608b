// A worker thread that scans its share of each search: a helper of the search thread.

import { parentPort } from 'node:worker_threads';
import { assert } from '../../common/assert.ts';
import type { FromScanThread, ToScanThread } from './protocol.ts';
import { failureReply } from './replies.ts';
import { Scanners } from './scanners.ts';

const port = parentPort;
assert(port !== null, 'scan-thread runs as a worker thread');
const scanners = new Scanners();

function answer(message: ToScanThread): FromScanThread | null {
  if (message.kind !== 'scan') {
    scanners.apply(message);
    return null;
  }
  const { id, space, task } = message;
  try {
    return { kind: 'scanned', id, result: scanners.of(space).scan(task) };
  } catch (error) {
    return failureReply(id, error);
  }
}

port.on('message', (message: ToScanThread) => {
  const reply = answer(message);
  if (reply !== null) port.postMessage(reply);
});
