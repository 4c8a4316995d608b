// A thread that yields does so for itself alone.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, getPriority } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { threadNumber } from '../../../src-main/common/thread-priority.ts';

test('a thread that yields does so for itself alone', { skip: process.platform !== 'linux' }, async () => {
  const before = getPriority();
  const worker = new Worker(new URL('../../support/yielding-thread.ts', import.meta.url));
  const [priority] = await once(worker, 'message');
  assert.equal(priority, Math.max(before, constants.priority.PRIORITY_BELOW_NORMAL));
  assert.equal(getPriority(), before);
  assert.equal(threadNumber(), process.pid);
});
