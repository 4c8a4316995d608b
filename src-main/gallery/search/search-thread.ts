// A worker thread that answers searches one after the other, scanning together with its helper threads.

import { parentPort, Worker, workerData } from 'node:worker_threads';
import { assert } from '../../common/assert.ts';
import type { FromScanThread, FromSearchThread, ScanMessage, ToSearchThread } from './protocol.ts';
import { failureReply, Replies } from './replies.ts';
import type { ScanResult, ScanTask } from './scan-task.ts';
import { Scanners } from './scanners.ts';
import { runSearch } from './searcher.ts';

/** What the thread is started with. */
export interface SearchThreadData {
  /** Scanning threads, this one included. */
  readonly threads: number;
}

interface Helper {
  readonly worker: Worker;
  readonly replies: Replies<Extract<FromScanThread, { kind: 'scanned' }>>;
}

const port = parentPort;
assert(port !== null, 'search-thread runs as a worker thread');
const { threads } = workerData as SearchThreadData;
const scanners = new Scanners();
const helpers = Array.from({ length: threads - 1 }, startHelper);

function startHelper(): Helper {
  const worker = new Worker(new URL('./scan-thread.ts', import.meta.url));
  return { worker, replies: new Replies(worker, 'a scan thread') };
}

async function handle(message: ToSearchThread): Promise<FromSearchThread | null> {
  if (message.kind !== 'search') {
    scanners.apply(message);
    for (const { worker } of helpers) worker.postMessage(message);
    return null;
  }
  const { id, space, request, snapshot, control } = message;
  try {
    const outcome = await runSearch(scanners.of(space), request, snapshot, control, (task) =>
      scanOnHelpers(space, task),
    );
    return { kind: 'found', id, outcome };
  } catch (error) {
    return failureReply(id, error);
  }
}

/** Settles only when every helper is done: none may go on scanning what is released then. */
async function scanOnHelpers(space: number, task: ScanTask): Promise<ScanResult[]> {
  const settled = await Promise.allSettled(
    helpers.map(({ worker, replies }) =>
      replies.request((id) => worker.postMessage({ kind: 'scan', id, space, task } satisfies ScanMessage)),
    ),
  );
  return settled.map((reply) => {
    if (reply.status === 'rejected') throw reply.reason;
    return reply.value.result;
  });
}

/** Messages in order, each when the one before is done. */
const queue = { last: Promise.resolve() };
port.on('message', (message: ToSearchThread) => {
  queue.last = queue.last
    .then(() => handle(message))
    .then((reply) => {
      if (reply !== null) port.postMessage(reply);
    });
});
