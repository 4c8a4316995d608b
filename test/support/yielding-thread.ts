// A thread that yields and tells its priority.

import { getPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { threadNumber, yieldThread } from '../../src-main/common/thread-priority.ts';

yieldThread();
parentPort?.postMessage(getPriority(threadNumber() ?? 0));
